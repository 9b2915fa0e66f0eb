"""Evaluating audiences: everybody is asked, some shards at a time, and who entered or left is written down.

Many shards are looked at together while journeys go on; then each is held for as long as it takes to ask those again
who seem to have moved, or to write down what was seen of many. Asked whole while it was held, a shard of 15,625 people
and 20 rules stood still for a second.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import psycopg
from django.db import transaction
from django.db.models import Q

from engine import clock
from engine.audiences.comparing import MOST_MOVED, Comparing, Difference, Question, look, see
from engine.audiences.compiling import checked_rule, compiled, reads_the_clock
from engine.definition.audience import audiences_in, in_order, reads_of
from engine.definition.world import World
from engine.errors import JourneyOptError
from engine.models import Audience, AudienceRun
from engine.shards import SHARDS, shard_of
from engine.store import connection as connections
from engine.store.arrays import integers
from engine.store.audiences import heard, ids_of
from engine.store.queries import query
from engine.store.world import world_of

log = logging.getLogger(__name__)

FULLY = timedelta(days=7)  # everybody is asked at least so often: events grow old and are dropped, too
SILENT = timedelta(minutes=10)  # a run that has done nothing for so long was killed
AGAIN = timedelta(hours=1)  # after a failure, unless it is due before
OVERLAP = timedelta(minutes=1)  # clocks of several machines
SWEEP = timedelta(minutes=1)  # how often time takes people out of streaming audiences, at most
MOST_CHANGED = 50_000  # people; when more changed, everybody is asked, which is faster then
# People, about: those of as many shards are looked at in one pass, which reads nearly every page of the events, however
# few the shards. With 100,000, an evaluation of 1,000,000 took half as long again.
TOGETHER = 500_000
HANDS = 2  # connections that share the shards: PostgreSQL uses one core for each
SWEEP_SHARE = 20  # a sweep may take one part in so many of the time
CHANGED = "The audience was changed meanwhile; it is evaluated again."


@dataclass(slots=True)
class _Going:
    """A run under way."""

    audience: Audience
    run: AudienceRun
    question: Question | None = None
    failure: str = ""


def evaluate_due(now: datetime) -> list[AudienceRun]:
    """Evaluate the audiences whose time has come."""
    due = Audience.objects.filter(next_at__lte=now).exclude(kind=Audience.Kind.UPLOAD)
    return evaluate(due.values_list("id", flat=True))


def evaluate(audience_ids: Iterable[int], *, asked_by: str = "") -> list[AudienceRun]:
    """Evaluate these audiences. Their runs, as they ended; those that are being evaluated already are left out.

    Every shard is a transaction of its own and right by itself: an evaluation that was killed is simply begun again.
    """
    audiences = Audience.objects.filter(pk__in=list(audience_ids)).exclude(kind=Audience.Kind.UPLOAD)
    by_sandbox: dict[int, list[Audience]] = defaultdict(list)
    for audience in audiences.order_by("pk"):
        by_sandbox[audience.sandbox_id].append(audience)
    runs: list[AudienceRun] = []
    for sandbox_id, found in by_sandbox.items():
        now = clock.now()  # one for all: rules share what they count since the same moment
        going = [one for audience in found if (one := _begin(audience.pk, asked_by, now))]
        if going:
            _evaluate(sandbox_id, going)
            runs += AudienceRun.objects.filter(pk__in=[one.run.pk for one in going]).order_by("pk")
    return runs


def _begin(audience_id: int, asked_by: str, now: datetime) -> _Going | None:
    """A new run, unless one is under way. One that has fallen silent has failed."""
    with transaction.atomic():
        audience = Audience.objects.select_for_update().filter(pk=audience_id).first()
        if audience is None:
            return None
        under_way = audience.runs.filter(state=AudienceRun.State.RUNNING)
        if under_way.filter(beat_at__gt=now - SILENT).exists():
            return None
        under_way.update(
            state=AudienceRun.State.FAILED, finished_at=now, error="It was interrupted; the next one began anew."
        )
        run = AudienceRun.objects.create(audience=audience, asked_by=asked_by, started_at=now, beat_at=now)
    return _Going(audience, run)


def _evaluate(sandbox_id: int, going: list[_Going]) -> None:
    began = time.monotonic()
    with connections.connect(autocommit=True, name="audiences") as connection:
        world, ids = world_of(sandbox_id), ids_of(sandbox_id)
        unseen_since = _unseen_since(connection, clock.now())
        changed = _Changed(connection, sandbox_id)
        for one in going:
            _prepare(one, world, ids, unseen_since, changed)
        names = {one.audience.name: audiences_in(one.audience.rule) for one in going}
        levels = in_order(names)
        placed = {name for level in levels for name in level}
        for one in going:
            if one.audience.name not in placed:
                _fail(one, "It depends on itself.")
        told = heard(sandbox_id)
    with ThreadPoolExecutor(HANDS) as hands:
        parts = [range(hand * SHARDS // HANDS, (hand + 1) * SHARDS // HANDS) for hand in range(HANDS)]
        list(hands.map(lambda shards: _some_shards(sandbox_id, shards, going, levels, told), parts))
    for one in going:
        if one.failure:
            _fail(one, one.failure)
        _finish(one, world, timedelta(seconds=time.monotonic() - began))


def _unseen_since(connection: psycopg.Connection[Any], now: datetime) -> datetime:
    """An event that still waits is written down later, with the time at which it came."""
    row = connection.execute("SELECT min(received_at) FROM engine_inbox WHERE kind = 'event'").fetchone()
    waiting = row[0] if row and row[0] else now
    return min(now, waiting) - OVERLAP


class _Changed:
    """Who changed since some moment, by shard; asked once for each moment."""

    def __init__(self, connection: psycopg.Connection[Any], sandbox_id: int) -> None:
        self._connection = connection
        self._sandbox_id = sandbox_id
        self._known: dict[datetime, dict[int, list[int]] | None] = {}

    def since(self, moment: datetime) -> dict[int, list[int]] | None:
        """None: too many to name them."""
        if moment not in self._known:
            values = {"sandbox": self._sandbox_id, "since": moment, "most": MOST_CHANGED + 1}
            ids = self._connection.execute(query("audiences/changed"), values).fetchall()
            by_shard: dict[int, list[int]] = defaultdict(list)
            for (id,) in ids:
                by_shard[shard_of(id)].append(id)
            self._known[moment] = by_shard if len(ids) <= MOST_CHANGED else None
        return self._known[moment]


def _prepare(one: _Going, world: World, ids: dict[str, int], unseen_since: datetime, changed: _Changed) -> None:
    """Compile the rule, and see whether it is enough to look at those who changed."""
    since = _since(one.audience, world)
    only = changed.since(since) if since else None
    try:
        of_all, of_few = (
            compiled(one.audience, world, ids, now=one.run.started_at, for_everybody=is_all) for is_all in (True, False)
        )
    except JourneyOptError as error:
        _fail(one, error.message)
        return
    reads = frozenset(ids[name] for name in audiences_in(one.audience.rule) if name in ids)
    is_new = one.audience.evaluated_at is None or one.audience.evaluated_at < one.audience.updated_at
    one.question = Question(
        audience=one.audience.pk,
        of_all=of_all,
        of_few=of_few,
        reads=reads,
        only=only,
        is_new=is_new,
        is_streaming=one.audience.evaluation == Audience.Evaluation.STREAMING,
    )
    one.run.is_incremental, one.run.unseen_since = only is not None, unseen_since
    one.run.save(update_fields=["is_incremental", "unseen_since"])


def _since(audience: Audience, world: World) -> datetime | None:
    """From when on changes matter, since the last run that came to its end; None: everybody has to be looked at."""
    checked = checked_rule(audience, world)
    if audience.evaluation == Audience.Evaluation.STREAMING or checked.problems:
        return None
    reads = reads_of(checked)
    if reads.clock or reads.audiences:
        return None
    done = audience.runs.filter(state=AudienceRun.State.DONE, started_at__gte=audience.updated_at)
    last = done.order_by("-started_at", "-id").first()
    is_fresh = done.filter(is_incremental=False, started_at__gt=clock.now() - FULLY).exists()
    return last.unseen_since if last and is_fresh else None


def _some_shards(
    sandbox_id: int, shards: Sequence[int], going: list[_Going], levels: list[list[str]], told: Collection[int]
) -> None:
    """A few at a time. An audience that cannot be asked is left out of the shards that follow, everywhere."""
    with connections.connect(autocommit=True, name="audiences") as connection:
        values = {"sandbox": sandbox_id, "shard": shards[0], "most": TOGETHER}
        row = connection.execute(query("audiences/count_people"), values).fetchone()
        size = max(1, TOGETHER // max(row[0] if row else 0, 1))
        for first in range(0, len(shards), size):
            _Part(connection, sandbox_id, shards[first : first + size], going, told).evaluate(levels)


class _Part:
    """Shards that are looked at together."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        sandbox_id: int,
        shards: Sequence[int],
        going: list[_Going],
        told: Collection[int],
    ) -> None:
        self._connection = connection
        self._sandbox_id = sandbox_id
        self._shards = shards
        self._going = going
        self._told = told
        self._found: dict[int, Difference] = defaultdict(Difference)  # by audience

    def evaluate(self, levels: list[list[str]]) -> None:
        """Level by level: the rules of one ask who is in the audiences of those before."""
        for level in levels:
            asked = [one.question for one in self._going if one.question and one.audience.name in level]
            self._fill([one for one in asked if one.only is None and one.is_new])
            self._move([one for one in asked if one.only is None and not one.is_new])
            self._follow([one for one in asked if one.only is not None])
        self._note()

    def _fill(self, questions: list[Question]) -> None:
        """Many move: they are written down as they were seen, some seconds before.

        A turn may have known better since, of a streaming audience: whoever is not where they belong is found by
        another look.
        """
        if not questions:
            return
        failed = see(self._connection, self._sandbox_id, self._shards, questions)
        self._leave_out(failed)
        seen = [one for one in questions if one.audience not in failed]
        for shard in self._shards:
            self._hold(shard, seen, None)
        self._move([one for one in seen if one.is_streaming], most=None)

    def _move(self, questions: list[Question], *, most: int | None = MOST_MOVED) -> None:
        """Few move: whoever seems to have is asked again while their shard is held."""
        moved, failed = look(self._connection, self._sandbox_id, self._shards, questions, most=most)
        self._leave_out(failed)
        found = [one for one in questions if one.audience not in failed]
        if moved is None:
            self._fill(found)
        else:
            self._ask(found, moved)

    def _follow(self, questions: list[Question]) -> None:
        """Those alone are asked of whom something is known anew."""
        people = {
            shard: {id for one in questions if one.only for id in one.only.get(shard, ())} for shard in self._shards
        }
        self._ask(questions, {shard: sorted(ids) for shard, ids in people.items()})

    def _ask(self, questions: list[Question], people: Mapping[int, Sequence[int]]) -> None:
        for shard in self._shards:
            if some := people.get(shard):
                self._hold(shard, questions, some)

    def _hold(self, shard: int, questions: list[Question], people: Sequence[int] | None) -> None:
        """One transaction: hold the shard, and write down who moved: of these people, asked now; None: as was seen."""
        with self._connection.transaction():
            self._connection.execute(query("audiences/lock_shard"), {"shard": shard})
            changed = self._changed()
            comparing = Comparing(
                self._connection, sandbox_id=self._sandbox_id, shard=shard, heard=self._told, now=clock.now()
            )
            kept = [one for one in questions if one.audience not in changed]
            failed: dict[int, str] = {}
            if people is None:
                found = comparing.write_seen([one.audience for one in kept])
            else:
                found, failed = comparing.ask(kept, people)
            if any(found.get(id) for id in self._told):
                self._connection.execute("SELECT pg_notify('engine_work', '')")
        for id, difference in found.items():
            self._found[id] += difference
        self._leave_out(failed | changed)

    def _note(self) -> None:
        """These shards are done: what it came to."""
        with self._connection.transaction():
            self._leave_out(self._changed())
            done = [one for one in self._going if one.question]
            values = {"shards": integers(self._shards), "audiences": integers(one.audience.pk for one in done)}
            sizes = dict(self._connection.execute(query("audiences/sizes"), values).fetchall())
            rows = [self._row(one, sizes.get(one.audience.pk, 0)) for one in done]
            came_to = {"rows": orjson.dumps(rows).decode(), "now": clock.now(), "more": len(self._shards)}
            self._connection.execute(query("audiences/note_progress"), came_to)

    def _row(self, one: _Going, size: int) -> dict[str, int]:
        difference = self._found[one.audience.pk]
        return {"run": one.run.pk, "entered": difference.entered, "left": difference.left, "size": size}

    def _changed(self) -> dict[int, str]:
        """Whose rule is another one by now, or who is gone. While this transaction lasts, none of the others goes."""
        asked = [one for one in self._going if one.question]
        values = {"audiences": integers(one.audience.pk for one in asked)}
        kept = dict(self._connection.execute(query("audiences/still_there"), values).fetchall())
        return {one.audience.pk: CHANGED for one in asked if kept.get(one.audience.pk) != one.audience.updated_at}

    def _leave_out(self, failed: Mapping[int, str]) -> None:
        for one in self._going:
            if one.audience.pk in failed:
                one.question, one.failure = None, failed[one.audience.pk]


def _fail(one: _Going, reason: str) -> None:
    now = clock.now()
    one.question = None
    AudienceRun.objects.filter(pk=one.run.pk).update(state=AudienceRun.State.FAILED, finished_at=now, error=reason)
    # One that was changed is due at once; whoever changed it said so.
    mine = Audience.objects.filter(pk=one.audience.pk, updated_at=one.audience.updated_at)
    mine.filter(Q(next_at__lte=now) | Q(next_at=None, every__isnull=False)).update(
        next_at=now + min(one.audience.every or AGAIN, AGAIN)
    )
    if reason != CHANGED:
        log.warning("audience %s could not be evaluated: %s", one.audience.name, reason)


def _finish(one: _Going, world: World, took: timedelta) -> None:
    """The run is done; the audience knows its size, and when it is evaluated next."""
    if one.question is None:
        return
    now = clock.now()
    running = AudienceRun.objects.filter(pk=one.run.pk, state=AudienceRun.State.RUNNING)
    if not running.update(state=AudienceRun.State.DONE, finished_at=now):
        return
    size = AudienceRun.objects.values_list("size", flat=True).get(pk=one.run.pk)
    next_at = one.run.started_at + one.audience.every if one.audience.every else None
    if one.audience.evaluation == Audience.Evaluation.STREAMING and reads_the_clock(one.audience, world):
        next_at = now + max(SWEEP, took * SWEEP_SHARE)
    mine = Audience.objects.filter(pk=one.audience.pk, updated_at=one.audience.updated_at)
    mine.update(size=size, evaluated_at=now, next_at=next_at)
