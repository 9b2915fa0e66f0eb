"""Importing a list, second half: its people are recognised, or made, and let in, shard by shard, in the background.

Whatever a transaction has dealt with is gone from the queue when it commits: a process that is killed anywhere leaves
an import that the next one goes on with, and that ends the same.
"""

import logging
import time
from datetime import timedelta
from typing import Any, Literal

import psycopg
from django.db import connection as django_connection
from django.db import transaction

from engine import clock, queue
from engine.audiences.importing import APPLY, MOST_PROBLEMS
from engine.models import OPEN_IMPORT, Audience, AudienceImport, AudienceRun
from engine.shards import SHARDS
from engine.store import connection as connections
from engine.store.arrays import integers
from engine.store.audiences import heard
from engine.store.lists import give_up
from engine.store.queries import query

log = logging.getLogger(__name__)

SLICE = 20_000  # rows recognised in one transaction
A_TURN = timedelta(seconds=30)  # then other jobs have theirs, and this one comes again
PATIENCE = timedelta(seconds=5)  # with an engine that is behind; if it is no nearer then, the next minute's job goes on
LOOK_AGAIN = 0.2  # seconds
MOST_WAITING = 50_000  # items in the inbox: with more, the engine is behind, and who is told of changes has to wait
TRIES = 5  # then an import has failed

Step = Literal["went on", "is over", "must wait"]


def carry_on_all() -> int:
    """Go on with every import that is not over; how many that were."""
    open_ = list(AudienceImport.objects.filter(state__in=OPEN_IMPORT).order_by("pk").values_list("pk", flat=True))
    for import_id in open_:
        carry_on(import_id)
    return len(open_)


def carry_on(import_id: int) -> None:
    """Go on with an import until it is over, or the turn is. Two processes at one import do no harm: one stops."""
    until = time.monotonic() + A_TURN.total_seconds()
    found = AudienceImport.objects.filter(pk=import_id, state__in=OPEN_IMPORT).select_related("audience").first()
    if found is None:
        return
    step: Step = "went on"
    moved = time.monotonic()
    try:
        with connections.connect(autocommit=True, name="lists") as own:
            applying = _Applying(own, found)
            while step != "is over" and time.monotonic() < until:
                step = applying.step()
                if step == "went on":
                    moved = time.monotonic()
                elif step == "must wait":
                    if time.monotonic() - moved > PATIENCE.total_seconds():
                        return
                    time.sleep(LOOK_AGAIN)
    except Exception:  # whatever it was, it is tried again
        log.exception("import %s could not go on", import_id)
        _note_failure(import_id)
        return
    if step != "is over":
        with transaction.atomic():
            queue.soon(APPLY, import_id)


class _Applying:
    def __init__(self, connection: psycopg.Connection[Any], found: AudienceImport) -> None:
        self._connection = connection
        self._id = found.pk
        self._audience: int = found.audience_id
        self._sandbox: int = found.audience.sandbox_id
        self._namespace = found.namespace
        self._replaces = found.mode == AudienceImport.Mode.REPLACE

    def step(self) -> Step:
        """One transaction: some rows are recognised, or one shard is done, or all of it is finished."""
        is_heard, asks = self._listeners()
        with self._connection.transaction():
            # Held before its import is, as whoever deletes it does.
            if not self._rows("audiences/still_there", audiences=integers([self._audience])):
                return "is over"
            found = self._rows("lists/hold_import")
            if not found:
                return "is over"  # or somebody else is at it
            after, shards_done, unknown = found[0]
            if unknown > 0:
                self._recognise(after)
                return "went on"
            if (is_heard or asks) and self._is_behind():
                return "must wait"
            if shards_done < SHARDS:
                self._apply(shards_done, is_heard=is_heard, asks=asks)
                return "went on"
            late = self._rows("lists/next_shard")
            if late:
                self._apply(late[0][0], is_heard=is_heard, asks=asks)
                return "went on"
        _finish(self._id, self._audience)
        return "is over"

    def _recognise(self, after: int) -> None:
        """The next rows: whose they are. Whoever nobody knows is made."""
        now = clock.now()
        ((last,),) = self._rows("lists/last_of_slice", after=after, most=SLICE)
        values = {
            "sandbox": self._sandbox, "namespace": self._namespace, "after": after, "last": last or after, "now": now,
        }  # fmt: skip
        made = self._run("lists/make_people", **values).rowcount
        ((moved,),) = self._rows("lists/recognise", **values)
        if moved == 0:  # those that were left are of people who were erased
            self._connection.execute(
                "UPDATE engine_audienceimport SET recognised = rows - bad WHERE id = %s", [self._id]
            )
            return
        self._run("lists/note_recognised", moved=moved, made=made, after=last, now=now)

    def _apply(self, shard: int, *, is_heard: bool, asks: bool) -> None:
        """One shard, held by this transaction."""
        self._connection.execute(query("audiences/lock_shard"), {"shard": shard})
        # A whole shard is compared with a part of a file. Of tables that were filled a moment ago the planner knows
        # nothing, and would look up each of the one in all of the other.
        self._connection.execute("SELECT set_config('enable_nestloop', 'off', true)")
        now = clock.now()
        self._run("lists/forward", shard=shard)
        ((entered, gone, duplicates),) = self._rows(
            "lists/apply", shard=shard, audience=self._audience, sandbox=self._sandbox, now=now, at=now.isoformat(),
            replaces=self._replaces, is_heard=is_heard, asks=asks, most=MOST_PROBLEMS,
        )  # fmt: skip
        self._run("lists/finish_shard", shard=shard)
        self._run("lists/note_applied", entered=entered, gone=gone, duplicates=duplicates)
        if is_heard or asks:
            self._connection.execute("SELECT pg_notify('engine_work', '')")

    def _listeners(self) -> tuple[bool, bool]:
        """Whether somebody hears who enters this list or leaves it; whether anything is asked of new people."""
        return self._audience in heard(self._sandbox), asks(self._sandbox)

    def _is_behind(self) -> bool:
        row = self._connection.execute(query("reads/count_waiting"), {"most": MOST_WAITING}).fetchone()
        return row is not None and row[0] >= MOST_WAITING

    def _run(self, name: str, **values: object) -> psycopg.Cursor[Any]:
        # Not prepared: a plan that was made for empty tables would still be used when they are full.
        return self._connection.execute(query(name), {"import": self._id, **values}, prepare=False)

    def _rows(self, name: str, **values: object) -> list[Any]:
        return self._run(name, **values).fetchall()


def asks(sandbox_id: int) -> bool:
    """Whether anything is asked of people whom nobody knew: there is a streaming audience."""
    return Audience.objects.filter(sandbox_id=sandbox_id, evaluation=Audience.Evaluation.STREAMING).exists()


def _finish(import_id: int, audience_id: int) -> None:
    """Everybody is in: the audience knows its size, and a run tells of it like an evaluation."""
    now = clock.now()
    with transaction.atomic(), django_connection.cursor() as cursor:
        audience = Audience.objects.select_for_update(no_key=True).filter(pk=audience_id).first()
        held = AudienceImport.objects.select_for_update().filter(pk=import_id, state__in=OPEN_IMPORT).first()
        if audience is None or held is None:
            return
        cursor.execute(query("lists/count_members").decode(), {"audience": audience_id})
        size = cursor.fetchone()[0]
        cursor.execute(query("lists/keep_first_problems").decode(), {"import": import_id, "most": MOST_PROBLEMS})
        held.stayed = max(0, size - held.entered)
        held.state, held.finished_at = AudienceImport.State.DONE, now
        held.save(update_fields=["stayed", "state", "finished_at"])
        audience.size, audience.evaluated_at = size, now
        audience.save(update_fields=["size", "evaluated_at"])
        AudienceRun.objects.create(
            audience=audience, state=AudienceRun.State.DONE, asked_by=held.created_by,
            started_at=held.started_at or held.created_at, finished_at=now, shards_done=SHARDS, entered=held.entered,
            left=held.left, stayed=held.stayed, size=size,
        )  # fmt: skip


def _note_failure(import_id: int) -> None:
    """It could not go on. After some tries it has failed: whoever is in by then stays in."""
    with transaction.atomic(), django_connection.cursor() as cursor:
        held = AudienceImport.objects.select_for_update().filter(pk=import_id, state__in=OPEN_IMPORT).first()
        if held is None:
            return
        held.attempts += 1
        now = clock.now()
        if held.attempts >= TRIES:
            held.state, held.finished_at = AudienceImport.State.FAILED, now
            held.error_code = "list.not_applied"
            held.error = f"Its people could not all be let in, at {TRIES} attempts. The log says why; upload it again."
            sandbox: int = held.audience.sandbox_id
            give_up(cursor, import_id, sandbox_id=sandbox, asks=asks(sandbox), now=now)
        held.save(update_fields=["attempts", "state", "finished_at", "error_code", "error"])
