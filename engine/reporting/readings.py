"""Audiences being read into journeys: every run, how far it is, how those fared who were read, and why some did not."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum
from django.db.models.fields.json import KeyTextTransform

from engine.models import Definition, Discard, ReadCount, ReadRun
from engine.reporting.paging import Found, page

MOST = 100
ARRIVES_WITHIN = timedelta(minutes=15)
LOOK = 20_000  # refusals that are looked through for their reasons


@dataclass(frozen=True, kw_only=True)
class ReadingRun:
    """One run, and those who came in by it. `on_the_way`: read, and in the inbox still.

    `pace`: people a second, on average since it began; None before that, and with waves.
    """

    run: ReadRun
    journey: str
    version: str
    entered: int
    refused: int
    on_the_way: int
    pace: float | None
    left: timedelta | None


@dataclass(frozen=True, kw_only=True)
class Refusals:
    """Why people were refused in a run: (code, reason) and how many. `is_partial`: of the latest LOOK alone."""

    counts: list[tuple[str, str, int]]
    is_partial: bool


def readings(
    *,
    sandbox_id: int,
    now: datetime,
    journey_id: int | None = None,
    version_id: int | None = None,
    cursor: str = "",
    limit: int = 25,
) -> Found[ReadingRun]:
    """The runs of a sandbox, of a journey or of a version, the one due last first."""
    rows = ReadRun.objects.filter(sandbox_id=sandbox_id)
    if journey_id is not None:
        rows = rows.filter(journey_id=journey_id)
    if version_id is not None:
        rows = rows.filter(version_id=version_id)
    found = page(rows, by="due_at", cursor=cursor, limit=max(1, min(limit, MOST)))
    return Found(rows=_fared(found.rows, now), next=found.next)


def reading_run(*, sandbox_id: int, run_id: int, now: datetime) -> ReadingRun | None:
    """One run; None when there is none in this sandbox."""
    return next(iter(_fared(ReadRun.objects.filter(sandbox_id=sandbox_id, pk=run_id), now)), None)


def refusals(*, run: ReadRun) -> Refusals:
    """Why people were refused in a run, the most frequent reason first. With supplemental ids, each of them counts."""
    if run.started_at is None:
        return Refusals(counts=[], is_partial=False)
    rows = Discard.objects.filter(details__run=run.pk, sandbox_id=run.sandbox_id, at__gte=run.started_at)
    reasons = rows.annotate(reason=KeyTextTransform("reason", "details")).order_by("-at").values_list("code", "reason")
    seen = [(code, reason or "") for code, reason in reasons[: LOOK + 1]]
    counted = Counter(seen[:LOOK])
    return Refusals(
        counts=[(code, reason, count) for (code, reason), count in counted.most_common()], is_partial=len(seen) > LOOK
    )


def _fared(runs: Iterable[ReadRun], now: datetime) -> list[ReadingRun]:
    """The runs with their journeys and what came of whom they read, in two questions."""
    runs = list(runs)
    counted = ReadCount.objects.filter(run_id__in=[run.pk for run in runs]).values("run_id")
    sums = counted.annotate(came_in=Sum("entered"), kept_out=Sum("refused"))
    counts = {id: (came_in, kept_out) for id, came_in, kept_out in sums.values_list("run_id", "came_in", "kept_out")}
    versions = Definition.objects.filter(version_id__in={run.version_id for run in runs})
    names = {id: (name, number) for id, name, number in versions.values_list("version_id", "journey_name", "number")}
    shown = []
    for run in runs:
        entered, refused = counts.get(run.pk, (0, 0))
        journey, version = names.get(run.version_id, ("", ""))
        pace = _pace(run, now)
        shown.append(
            ReadingRun(
                run=run, journey=journey, version=version, entered=entered, refused=refused,
                on_the_way=_on_the_way(run, entered + refused, now), pace=pace, left=_left(run, pace),
            )
        )  # fmt: skip
    return shown


def _on_the_way(run: ReadRun, arrived: int, now: datetime) -> int:
    """Whoever has not arrived long after the end never will: they were merged, or erased, meanwhile."""
    is_long_over = run.finished_at is not None and now - run.finished_at > ARRIVES_WITHIN
    return 0 if is_long_over else max(0, run.read - arrived)


def _pace(run: ReadRun, now: datetime) -> float | None:
    if run.started_at is None or run.waves:  # the rest between waves is no reading
        return None
    passed = ((run.finished_at or now) - run.started_at).total_seconds()
    return run.read / passed if passed > 0 else None


def _left(run: ReadRun, pace: float | None) -> timedelta | None:
    """How long the rest takes at this pace; at the allowed one as long as nobody was read. None between waves."""
    if run.state != ReadRun.State.READING or run.waves:
        return None
    return timedelta(seconds=(run.total - run.read) / (pace or run.rate or 1))
