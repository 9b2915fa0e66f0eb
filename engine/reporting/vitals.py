"""How the engine is: what waits, since when, and who was refused lately. Over all sandboxes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from engine.models import OPEN_IMPORT, OPEN_RUN, PHASES, AudienceImport, AudienceRun, BusinessEvent, ReadRun
from engine.shards import SHARDS
from engine.store.queries import query

MOST = 1_000_000  # of what is counted one by one; beyond it "a million" is answer enough
LATELY = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Vitals:
    """Ages and delays are zero where nothing waits. `deliveries`, `delays`: by channel and state.

    Of the last five minutes: `discards` by code; `turns`, the stimuli `taken` by them and their `steps`; `phases`:
    seconds of all workers by phase.
    """

    inbox: int
    inbox_age: timedelta
    overdue: int
    lateness: timedelta
    deliveries: Mapping[tuple[str, str], int]
    delays: Mapping[tuple[str, str], timedelta]
    delivery_delay: timedelta
    outcomes_unknown: int
    duplicates_prevented: int
    discards: Mapping[str, int]
    business_events: int
    readings: int
    imports: int
    evaluations: int
    turns: int
    taken: int
    steps: int
    phases: Mapping[str, float]


def vitals(now: datetime) -> Vitals:
    """Everything that is asked is in an index: some milliseconds, also when much waits."""
    (inbox, oldest), *_ = asked("inbox", most=MOST)
    (overdue, earliest), *_ = asked("overdue", now=now, each=MOST // SHARDS)
    deliveries = asked("deliveries", most=MOST)
    (unknown, prevented), *_ = asked("uncertain")
    (turns, taken, steps, *seconds), *_ = asked("work", since=now - LATELY)
    return Vitals(
        inbox=inbox,
        inbox_age=_since(oldest, now),
        overdue=overdue,
        lateness=_since(earliest, now),
        deliveries={(channel, state): count for channel, state, count, _ in deliveries},
        delays={(channel, state): _since(due, now) for channel, state, _, due in deliveries},
        delivery_delay=max((_since(due, now) for _, _, _, due in deliveries), default=timedelta(0)),
        outcomes_unknown=unknown,
        duplicates_prevented=prevented,
        discards=dict(asked("discards", since=now - LATELY)),
        business_events=BusinessEvent.objects.count(),
        readings=ReadRun.objects.filter(state__in=OPEN_RUN).count(),
        imports=AudienceImport.objects.filter(state__in=OPEN_IMPORT).count(),
        evaluations=AudienceRun.objects.filter(state=AudienceRun.State.RUNNING).count(),
        turns=turns,
        taken=taken,
        steps=steps,
        phases=dict(zip(PHASES, seconds, strict=True)),
    )


def asked(name: str, **values: Any) -> list[Any]:
    """The rows that engine/sql/vitals/<name>.sql finds."""
    with connection.cursor() as cursor:
        cursor.execute(query(f"vitals/{name}").decode(), values)
        return list(cursor.fetchall())


def _since(moment: datetime | None, now: datetime) -> timedelta:
    return max(timedelta(0), now - moment) if moment is not None else timedelta(0)
