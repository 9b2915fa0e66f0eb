"""Runs of read audiences: made when they are due, begun when they may, and dropped when their version is not live."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from django.db.models.fields.json import KeyTextTransform

from engine import clock
from engine.activities.base import Reading
from engine.activities.read_audience import ReadAudience
from engine.audiences.schedule import is_over, latest
from engine.audiences.waves import planned
from engine.definition.graph import Graph
from engine.definition.properties import Properties
from engine.definition.reading import reading_in
from engine.errors import JourneyOptError
from engine.logs import about
from engine.models import OPEN_RUN, Audience, Definition, InboxItem, ReadMember, ReadRun
from engine.store.queries import query

log = logging.getLogger(__name__)

State, Reason = ReadRun.State, ReadRun.Reason
MOST_AT_ONCE = 5  # runs that are read at the same time, in the whole installation
MOST_A_SECOND = 20_000  # people read in a second, over all runs of a sandbox
TRY_AGAIN = timedelta(minutes=10)
TRY_FOR = timedelta(hours=1)
BEGINS_WITHIN = timedelta(hours=12)
_COUNTED = 5_011  # the advisory lock under which it is counted how many are read at once
OPEN = (Definition.Status.LIVE, Definition.Status.RESUMING, Definition.Status.PAUSED)


class NotReading(JourneyOptError):
    """The run has ended."""

    code = "reading.over"
    status = 409


def carry_on(now: datetime) -> int:
    """Make the runs that are due, end those that may not go on, and begin those that may; how many were begun.

    Safe to call from two processes at once, and after one was killed anywhere.
    """
    for definition, reading in reading_versions():
        _make(definition, reading, now)
    for run in ReadRun.objects.filter(state__in=OPEN_RUN).order_by("due_at", "id"):
        _end_if_over(run, now)
    begun = sum(_next_wave(run, now) for run in ReadRun.objects.filter(state=State.RESTING).order_by("id"))
    for run in ReadRun.objects.filter(state__in=[State.WAITING, State.GATHERING]).order_by("due_at", "id"):
        begun += _begin(run, now)
    return begun


def reading_versions() -> Iterator[tuple[Definition, Reading]]:
    """The versions that people may enter, or could if they were not paused, and into which an audience is read."""
    kind = {"type": ReadAudience.face.kind}
    for definition in Definition.objects.filter(status__in=OPEN, graph__nodes__contains=[kind]):
        found = reading_of(definition)
        if found is not None:
            yield definition, found


def reading_of(definition: Definition) -> Reading | None:
    """What a version reads; None when it reads no audience."""
    found = reading_in(Graph.model_validate(definition.graph))
    return found[1] if found is not None else None


def new_run(definition: Definition, reading: Reading, *, due_at: datetime, now: datetime) -> ReadRun:
    """A run of what a version reads, not saved yet; of a paused version it is skipped already."""
    is_paused = definition.status == Definition.Status.PAUSED
    return ReadRun(
        sandbox_id=definition.sandbox_id, journey_id=definition.journey_id, version_id=definition.version_id,
        audience_name=reading.audience, rate=reading.rate, due_at=due_at,
        state=State.SKIPPED if is_paused else State.WAITING,
        reason=Reason.PAUSED if is_paused else "",
        finished_at=now if is_paused else None,
    )  # fmt: skip


def drop(version_id: int, *, reason: ReadRun.Reason, now: datetime) -> None:
    """End the runs of a version that are under way; who was not read yet never is."""
    with transaction.atomic():
        for run in ReadRun.objects.select_for_update().filter(version_id=version_id, state__in=OPEN_RUN):
            _end(run, State.DROPPED, reason, now)


def stop_run(*, sandbox_id: int, run_id: int, now: datetime) -> int:
    """End one run because somebody wants it: who was read stays, the rest is not read. How many those are.

    It is dropped without a reason of the engine's. Raises NotReading when it has ended, or never was.
    """
    with transaction.atomic():
        runs = ReadRun.objects.select_for_update().filter(sandbox_id=sandbox_id, pk=run_id, state__in=OPEN_RUN)
        run = runs.first()
        if run is None:
            raise NotReading("This reading has ended already.", hint="Load the page again: it says how it ended.")
        _end(run, State.DROPPED, "", now)
    return max(0, run.total - run.read)


def readings_over(now: datetime) -> list[int]:
    """Live versions whose audience is not read any more: the schedule is over, and so is its last run."""
    return [
        definition.version_id
        for definition, reading in reading_versions()
        if definition.status == Definition.Status.LIVE and _is_over(definition, reading, now)
    ]


def _is_over(definition: Definition, reading: Reading, now: datetime) -> bool:
    runs = ReadRun.objects.filter(version_id=definition.version_id)
    if reading.event:
        if reading.every_time or not runs.exclude(state=State.SKIPPED).exists():
            return False
    else:
        zone = Properties.model_validate(definition.properties).zone_of({})
        if not is_over(reading, zone, opened_at=definition.deployed_at, now=now):
            return False
        last = latest(reading, zone, opened_at=definition.deployed_at, now=now)
        if last is not None and not runs.filter(due_at__gte=last).exists():
            return False  # due, and about to be made
    if runs.filter(state__in=OPEN_RUN).exists():
        return False
    # Who was read, but is still on the way, enters first.
    entries = InboxItem.objects.filter(kind="entry").annotate(version=KeyTextTransform("version", "payload"))
    return not entries.filter(version=str(definition.version_id)).exists()


def _make(definition: Definition, reading: Reading, now: datetime) -> None:
    """The run of the latest occurrence that has come, once. Those before it that nobody saw to are passed over."""
    if reading.event:
        return  # made when it comes
    zone = Properties.model_validate(definition.properties).zone_of({})
    due_at = latest(reading, zone, opened_at=definition.deployed_at, now=now)
    if due_at is None or ReadRun.objects.filter(version_id=definition.version_id, due_at__gte=due_at).exists():
        return
    ReadRun.objects.bulk_create([new_run(definition, reading, due_at=due_at, now=now)], ignore_conflicts=True)


def _end_if_over(run: ReadRun, now: datetime) -> None:
    """Drop a run whose version is not live, whoever ended it; let one expire that never began."""
    with transaction.atomic():
        held = ReadRun.objects.select_for_update(skip_locked=True).filter(pk=run.pk, state__in=OPEN_RUN).first()
        if held is None:
            return
        status = Definition.objects.filter(version_id=run.version_id).values_list("status", flat=True).first()
        if status == Definition.Status.PAUSED:
            _end(held, State.DROPPED, Reason.PAUSED, now)
        elif status not in OPEN:
            _end(held, State.DROPPED, Reason.ENDED, now)
        elif held.state in (State.WAITING, State.GATHERING) and now - held.due_at > BEGINS_WITHIN:
            _end(held, State.EXPIRED, Reason.TOO_LATE, now)


def _begin(run: ReadRun, now: datetime) -> bool:
    """Gather the people of a run, if it may begin now. Whether it did."""
    definition = Definition.objects.filter(version_id=run.version_id).first()
    reading = reading_of(definition) if definition is not None else None
    if definition is None or reading is None or (run.next_try_at is not None and run.next_try_at > now):
        return False
    if _is_overtaken(run):
        _end_of(run, State.DROPPED, Reason.OVERTAKEN, now)
        return False
    audience = Audience.objects.filter(sandbox_id=run.sandbox_id, name=run.audience_name).first()
    if audience is None:
        _end_of(run, State.FAILED, Reason.NO_AUDIENCE, now)
        return False
    if run.state == State.WAITING:
        if not _is_fresh(run, reading, audience):
            if reading.wait_for_evaluation is None or now >= run.due_at + reading.wait_for_evaluation:
                _end_of(run, State.SKIPPED, Reason.NO_EVALUATION, now)
            return False
        if not _claim(run, State.GATHERING):
            return False
    try:
        return _gather(run, reading, audience)
    except DatabaseError:
        told = about(sandbox=run.sandbox_id, journey=run.journey_id, version=run.version_id)
        log.exception("the people of run %s could not be gathered", run.pk, extra=told)
        if now >= run.due_at + TRY_FOR:
            _end_of(run, State.FAILED, Reason.NOT_GATHERED, now)
        else:
            ReadRun.objects.filter(pk=run.pk, state=State.GATHERING).update(
                state=State.WAITING, retries=run.retries + 1, next_try_at=now + TRY_AGAIN
            )
        return False


def _is_fresh(run: ReadRun, reading: Reading, audience: Audience) -> bool:
    """Whether there is an evaluation newer than the one read last; always so for who does not wait for one."""
    if reading.wait_for_evaluation is None:
        return True
    last = _last(run)
    if last is None or last.evaluated_at is None:
        return audience.evaluated_at is not None
    return audience.evaluated_at is not None and audience.evaluated_at > last.evaluated_at


def _is_overtaken(run: ReadRun) -> bool:
    """Whether the audience was read because of a later business event meanwhile."""
    later = ReadRun.objects.filter(journey_id=run.journey_id, event_id__gt=run.event_id or 0, snapshot_at__isnull=False)
    return run.event_id is not None and later.exists()


def _last(run: ReadRun) -> ReadRun | None:
    """The run before this one that read the same audience, over all versions of the journey."""
    before = ReadRun.objects.filter(
        journey_id=run.journey_id, audience_name=run.audience_name, snapshot_at__isnull=False
    )
    return before.exclude(pk=run.pk).order_by("-snapshot_at").first()


def _next_wave(run: ReadRun, now: datetime) -> bool:
    """Resting -> reading, if the next wave is due and may begin. After the last one, who is left is never read."""
    number = run.wave + 1
    if run.waves is None or number >= len(run.waves):
        _end_of(run, State.DONE, "", now)
        return False
    starts_at, upto = run.waves[number]
    if now < datetime.fromisoformat(starts_at):
        return False
    is_begun = _claim(run, State.READING, wave=number, upto=upto, tokens=0, filled_at=now)
    if is_begun:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('engine_work', '')")
    return is_begun


def _claim(run: ReadRun, state: ReadRun.State, **more: object) -> bool:
    """Let a run be read, if not too much is read already. Counted under a lock: exact, whoever else counts."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_COUNTED])
        busy = ReadRun.objects.filter(state__in=[State.GATHERING, State.READING])
        rates = busy.filter(sandbox_id=run.sandbox_id).aggregate(total=Sum("rate"))["total"] or 0
        if busy.count() >= MOST_AT_ONCE or rates + run.rate > MOST_A_SECOND:
            return False
        return bool(ReadRun.objects.filter(pk=run.pk, state=run.state).update(state=state, **more))


def _gather(run: ReadRun, reading: Reading, audience: Audience) -> bool:
    """Gathering -> reading: who is in the audience now is written down, in one transaction with taking people out.

    For newcomers every shard is held meanwhile: a membership that changes is in this run or in the next one.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        held = ReadRun.objects.select_for_update(skip_locked=True).filter(pk=run.pk, state=State.GATHERING).first()
        if held is None:
            return False  # another process is at it, or has dropped it
        moment = clock.now()
        if run.event_id is not None:
            earlier = ReadRun.objects.select_for_update().filter(journey_id=run.journey_id, state__in=OPEN_RUN)
            for overtaken in earlier.filter(event_id__lt=run.event_id):
                _end(overtaken, State.DROPPED, Reason.OVERTAKEN, moment)
        last = _last(run) if reading.incremental else None
        if reading.incremental:
            cursor.execute("SELECT id FROM engine_shard ORDER BY id FOR UPDATE")
        if reading.force_reentrance:
            journey = Definition.objects.filter(journey_id=run.journey_id)
            versions = list(journey.values_list("version_id", flat=True))
            cursor.execute(query("reads/take_out").decode(), {"versions": versions, "now": moment})
        cursor.execute(
            query("reads/gather").decode(),
            {
                "run": run.pk,
                "audience": audience.pk,
                "since": last.snapshot_at if last is not None else None,
                "until": moment if reading.incremental else None,
            },
        )
        waves = planned(reading.waves, cursor.rowcount, moment) if reading.waves is not None else []
        ReadRun.objects.filter(pk=run.pk).update(
            waves=[[start.isoformat(), upto] for start, upto in waves] or None, upto=waves[0][1] if waves else None,
            state=State.READING, audience_id=audience.pk, snapshot_at=moment, evaluated_at=audience.evaluated_at,
            started_at=moment, filled_at=moment, total=cursor.rowcount,
        )  # fmt: skip
        cursor.execute("SELECT pg_notify('engine_work', '')")
    return True


def _end_of(run: ReadRun, state: ReadRun.State, reason: ReadRun.Reason | Literal[""], now: datetime) -> None:
    with transaction.atomic():
        held = ReadRun.objects.select_for_update().filter(pk=run.pk, state__in=OPEN_RUN).first()
        if held is not None:
            _end(held, state, reason, now)


def _end(run: ReadRun, state: ReadRun.State, reason: ReadRun.Reason | Literal[""], now: datetime) -> None:
    """End a run that is held, and let go of who was not read yet."""
    ReadRun.objects.filter(pk=run.pk).update(state=state, reason=reason, finished_at=now)
    ReadMember.objects.filter(run_id=run.pk).delete()
