"""How the engine is now, and how it was: for whoever runs it. Over all sandboxes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from engine import queue
from engine.models import PHASES, Sample
from engine.reporting.vitals import LATELY, Vitals, asked, vitals

IDLE = timedelta(minutes=2)  # nothing done for so long while something waits: nobody works
WORKED = timedelta(minutes=15)  # workers that did something within that are listed
MOST_MADE = 20_000  # deliveries of a sandbox that are counted
MOST_TABLES = 10
KEPT = timedelta(days=7)
POINTS = 500  # of a curve, at most


@dataclass(frozen=True, kw_only=True)
class Worker:
    """`minute`: in which it did something last. The rest is of the last 15 minutes."""

    writer: int
    minute: datetime
    turns: int
    taken: int
    steps: int


@dataclass(frozen=True, kw_only=True)
class Made:
    """Deliveries of one channel and state: those not over, and those of the last five minutes that are.

    `delay`: how long the first one has been due; of those that are over, how long they took on average.
    """

    channel: str
    state: str
    count: int
    delay: timedelta | None


@dataclass(frozen=True, kw_only=True)
class Table:
    """`size`: bytes, with its indexes. `rows`: as PostgreSQL estimates."""

    name: str
    size: int
    rows: int


@dataclass(frozen=True, kw_only=True)
class Operations:
    """`waiting`: items and moments that are due. `nobody_works`: they wait, and no engine has done anything lately.

    `processes`: kind -> how many are connected: engine, courier. `sampled_at`: when the last sample was noted.
    """

    now: datetime
    vitals: Vitals
    waiting: int
    nobody_works: bool
    processes: Mapping[str, int]
    workers: list[Worker]
    deliveries: list[Made]
    jobs: list[queue.Job]
    database_size: int
    tables: list[Table]
    sampled_at: datetime | None


def operations(now: datetime) -> Operations:
    """How it is now: 80 ms, with a million people inside and 100,000 deliveries open."""
    found = vitals(now)
    workers = [
        Worker(writer=writer, minute=minute, turns=turns, taken=taken, steps=steps)
        for writer, minute, turns, taken, steps in asked("workers", since=_minute(now) - WORKED)
    ]
    waiting = found.inbox + found.overdue
    is_waited = max(found.inbox_age, found.lateness) >= IDLE
    worked = any(worker.minute >= _minute(now) - IDLE for worker in workers)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        ((size,),) = cursor.fetchall()
    return Operations(
        now=now,
        vitals=found,
        waiting=waiting,
        nobody_works=is_waited and not worked,
        processes=_processes(),
        workers=workers,
        deliveries=_deliveries(found, now),
        jobs=queue.jobs(now),
        database_size=size,
        tables=[Table(name=name, size=size, rows=rows) for name, size, rows in asked("size", most=MOST_TABLES)],
        sampled_at=Sample.objects.order_by("-minute").values_list("minute", flat=True).first(),
    )


def take_sample(now: datetime) -> None:
    """Note how it is in this minute; a second time in a minute changes nothing."""
    found = vitals(now)
    sample = Sample(
        minute=_minute(now),
        inbox=found.inbox,
        inbox_seconds=found.inbox_age.total_seconds(),
        overdue=found.overdue,
        late_seconds=found.lateness.total_seconds(),
        deliveries=sum(found.deliveries.values()),
        delivery_seconds=found.delivery_delay.total_seconds(),
        refused=sum(found.discards.values()),
    )
    Sample.objects.bulk_create([sample], ignore_conflicts=True)


@dataclass(frozen=True, kw_only=True)
class History:
    """Curves: one value for each `width` of time, from the earliest on. None where nothing was noted.

    `taken`, `steps`: per second. `phases`: the share of each, 0 to 1; None where no engine did anything.
    """

    width: timedelta
    at: list[datetime]
    inbox: list[int | None]
    inbox_seconds: list[float | None]
    overdue: list[int | None]
    late_seconds: list[float | None]
    deliveries: list[int | None]
    delivery_seconds: list[float | None]
    refused: list[int | None]
    taken: list[float | None]
    steps: list[float | None]
    phases: Mapping[str, list[float | None]]


SAMPLED = ("inbox", "inbox_seconds", "overdue", "late_seconds", "deliveries", "delivery_seconds", "refused")


def history(now: datetime, span: timedelta) -> History:
    """How it was during `span`, a week at most; the minute that is not over is left out."""
    span = min(max(span, timedelta(minutes=10)), KEPT)
    minutes = -(-int(span / timedelta(minutes=1)) // POINTS)
    width = timedelta(minutes=minutes)
    last = _floor(now, width)
    at = [last - width * back for back in range(int(span / width), 0, -1)]
    values = {"since": at[0], "width": width}
    sampled = {moment: row for moment, *row in asked("samples", **values)}
    worked = {moment: row for moment, *row in asked("work_history", **values)}
    curves = {
        name: [sampled[moment][place] if moment in sampled else None for moment in at]
        for place, name in enumerate(SAMPLED)
    }
    seconds = width.total_seconds()

    def rate(moment: datetime, place: int) -> float | None:
        """What workers did. Where nothing was noted of them and the minute was sampled, that is nothing."""
        if moment in worked:
            return float(worked[moment][place]) / seconds
        return 0.0 if moment in sampled else None

    def share(moment: datetime, place: int) -> float | None:
        spent = worked[moment][2:] if moment in worked else []
        whole = sum(spent)
        return float(spent[place] / whole) if whole else None

    return History(
        width=width,
        at=at,
        **curves,
        taken=[rate(moment, 0) for moment in at],
        steps=[rate(moment, 1) for moment in at],
        phases={name: [share(moment, place) for moment in at] for place, name in enumerate(PHASES)},
    )


def _processes() -> dict[str, int]:
    """Each process has one connection of the name of its kind, and others beside it."""
    connected = dict(asked("processes"))
    return {kind: connected.get(f"journeyopt {kind}", 0) for kind in ("engine", "courier")}


def _deliveries(found: Vitals, now: datetime) -> list[Made]:
    over = {"sent", "failed", "dropped"}
    made = [
        Made(channel=channel, state=state, count=count, delay=found.delays.get((channel, state)))
        for (channel, state), count in found.deliveries.items()
    ]
    made += [
        Made(
            channel=channel, state=state, count=count,
            delay=timedelta(seconds=float(seconds)) if seconds is not None else None,
        )
        for channel, state, count, seconds in asked("made", since=now - LATELY, most=MOST_MADE)
        if state in over
    ]  # fmt: skip
    order = ("queued", "sending", "sent", "failed", "dropped")
    return sorted(made, key=lambda one: (one.channel, order.index(one.state)))


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _floor(moment: datetime, width: timedelta) -> datetime:
    """As PostgreSQL's date_bin from the epoch on."""
    seconds = int(width.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, moment.tzinfo)
