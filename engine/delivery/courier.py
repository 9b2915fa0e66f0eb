"""The courier: leases deliveries, builds each for its person, hands it over, and puts the result into the inbox.

A delivery is tried up to four times within its timeout; then its journey takes the error path. A courier that dies in
between leaves a lease behind that runs out: the next one makes the delivery again, with the same key.
"""

import asyncio
import logging
import os
import socket
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import psycopg
from psycopg.rows import class_row

from engine import clock
from engine.activities.base import HttpCall, Mail, NotDeliverable
from engine.catalogue import Catalogue
from engine.definition.compile import Plan
from engine.delivery.channels import Channel, Receipt, SendFailed
from engine.expressions import EvaluationError, Facts
from engine.interpreter import Instance, journey_properties
from engine.store import connection as connections
from engine.store.queries import query

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # longer than the longest timeout, so that only a dead courier's lease runs out
TIMEOUT = timedelta(seconds=30)  # of an action, first attempt and retries together
RETRIES = 3
PAUSES = (0.5, 1.5, 4.0)  # seconds before each retry
GATHER = 0.010  # seconds that results wait for others, to be noted in one transaction
LONGEST_SLEEP = 5.0
CHANNEL = "engine_deliveries"


@dataclass(frozen=True, kw_only=True, slots=True)
class Leased:
    """A delivery in this courier's hands. `context` is None when its instance has ended: then it is not wanted."""

    shard: int
    id: int
    sandbox_id: int
    profile_id: int
    version_id: int
    instance_id: int
    node: str
    visit: int
    channel: str
    attempts: int
    created_at: datetime
    context: dict[str, Any] | None
    key: str | None
    entered_at: datetime | None
    attributes: dict[str, Any] | None


class Courier:
    """One courier process. Any number of them share the work."""

    def __init__(self, *, channels: dict[str, Channel], concurrency: int) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.is_asked_to_stop = False
        self._channels = channels
        self._concurrency = concurrency
        self._catalogue = Catalogue()
        self._under_way: set[asyncio.Task[None]] = set()
        self._results: list[dict[str, Any]] = []
        self._something = asyncio.Event()

    def stop(self) -> None:
        """Take nothing more, finish what is under way, then end."""
        self.is_asked_to_stop = True
        self._something.set()

    async def run(self) -> None:
        """Carry until asked to stop. A lost database is waited for."""
        pause = 0.2
        while not self.is_asked_to_stop:
            try:
                await self._carry()
            except psycopg.OperationalError as error:
                log.warning("the database does not answer (%s); trying again in %.1f s", error, pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)
            else:
                pause = 0.2
        for channel in self._channels.values():
            await channel.close()

    async def _carry(self) -> None:
        claiming = await asyncio.to_thread(connections.connect, autocommit=True, name="courier")
        noting = await asyncio.to_thread(connections.connect, autocommit=True, name="courier results")
        listening = asyncio.create_task(self._listen())
        writing = asyncio.create_task(self._write(noting))
        try:
            while not self.is_asked_to_stop:
                for task in (listening, writing):
                    if task.done():
                        task.result()
                        raise psycopg.OperationalError("a connection of the courier ended")
                self._something.clear()
                room = self._concurrency - len(self._under_way)
                leased = await asyncio.to_thread(self._claim, claiming, room) if room > 0 else []
                for delivery in leased:
                    task = asyncio.create_task(self._deliver(delivery))
                    self._under_way.add(task)
                    task.add_done_callback(self._done)
                if not leased:
                    await self._rest(claiming)
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=TIMEOUT.total_seconds() + 5)
            await asyncio.to_thread(self._note, noting)
        finally:
            listening.cancel()
            writing.cancel()
            await asyncio.gather(listening, writing, return_exceptions=True)
            claiming.close()
            noting.close()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._something.set()
        if not task.cancelled() and task.exception() is not None:
            log.error("a delivery failed in an unforeseen way", exc_info=task.exception())

    async def _rest(self, connection: psycopg.Connection[Any]) -> None:
        """Until something finishes, is announced, or is due."""
        seconds = LONGEST_SLEEP
        if len(self._under_way) < self._concurrency:
            row = await asyncio.to_thread(lambda: connection.execute(query("deliveries/next_due")).fetchone())
            if row is not None:
                seconds = min(seconds, max(0.0, (row[0] - clock.now()).total_seconds()))
        try:
            await asyncio.wait_for(self._something.wait(), timeout=seconds)
        except TimeoutError:
            return

    async def _listen(self) -> None:
        connection = await connections.connect_async(autocommit=True, name="courier listener")
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._something.set()
            async for _ in connection.notifies():
                self._something.set()

    def _claim(self, connection: psycopg.Connection[Any], most: int) -> list[Leased]:
        now = clock.now()
        with connection.transaction(), connection.cursor(row_factory=class_row(Leased)) as cursor:
            leased = cursor.execute(
                query("deliveries/claim"), {"now": now, "until": now + LEASE, "courier": self.name, "most": most}
            ).fetchall()
            if leased:
                self._catalogue.refresh(connection)
                self._catalogue.plans(connection, {delivery.version_id for delivery in leased})
        return leased

    async def _deliver(self, delivery: Leased) -> None:
        """Build it, hand it over with retries, and queue what came of it to be noted."""
        began = time.monotonic()
        plan = self._catalogue.plans_known().get(delivery.version_id)
        if delivery.context is None or plan is None or self._catalogue.status.get(delivery.version_id) == "stopped":
            self._results.append(_result(delivery, state="dropped", error_code="notWanted",
                                         error="The person left the journey before it was made."))  # fmt: skip
            return
        content: dict[str, Any] | None = None
        recipient: str | None = None
        try:
            thing = build(plan, delivery)
            content = thing.as_json()
            recipient = thing.to if isinstance(thing, Mail) else thing.url
            timeout = thing.timeout if isinstance(thing, HttpCall) else TIMEOUT
            receipt = await self._hand_over(delivery, thing, timeout)
        except NotDeliverable as error:
            failure = SendFailed(error.code, error.message, can_retry=False)
        except EvaluationError as error:
            failure = SendFailed("error", error.message, can_retry=False)
        except SendFailed as error:
            failure = error
        else:
            told = _told(delivery, True, receipt.code, began, receipt.response)
            self._results.append(_result(delivery, state="sent", recipient=recipient, content=content,
                                         response=receipt.response or None, told=told))  # fmt: skip
            return
        told = _told(delivery, False, failure.code, began, failure.response, failure.message)
        self._results.append(_result(delivery, state="failed", recipient=recipient, content=content,
                                     response=failure.response, error_code=failure.code, error=failure.message,
                                     told=told))  # fmt: skip

    async def _hand_over(self, delivery: Leased, thing: Mail | HttpCall, timeout: timedelta) -> Receipt:
        """Try, and try again while that can help and the timeout allows; a call cut off by it counts as timed out."""
        channel = self._channels[delivery.channel]
        last: SendFailed | None = None
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                for attempt in range(RETRIES + 1):
                    try:
                        return await channel.send(thing, key=str(delivery.id))
                    except SendFailed as error:
                        last = error
                        if not error.can_retry or attempt == RETRIES:
                            raise
                    await asyncio.sleep(PAUSES[attempt])
        except TimeoutError as error:
            why = f" The last attempt: {last.message}" if last else ""
            raise SendFailed(
                "timedOut", f"Not done within {timeout.total_seconds():g} s.{why}", can_retry=False
            ) from error
        raise AssertionError("unreachable")

    async def _write(self, connection: psycopg.Connection[Any]) -> None:
        while True:
            await asyncio.sleep(GATHER)
            if self._results:
                await asyncio.to_thread(self._note, connection)

    def _note(self, connection: psycopg.Connection[Any]) -> None:
        results, self._results = self._results, []
        if not results:
            return
        try:
            with connection.transaction():
                connection.execute(
                    query("deliveries/finish"),
                    {"rows": orjson.dumps(results).decode(), "now": clock.now(), "courier": self.name},
                )
                connection.execute("SELECT pg_notify('engine_work', '')")
        except psycopg.Error:
            self._results = results + self._results  # to be noted again when the database is back
            raise


def build(plan: Plan, delivery: Leased) -> Mail | HttpCall:
    """The message or call of a delivery, for its person as they are now. Raises when it cannot be."""
    behaviour = plan.behaviours[delivery.node]
    assert behaviour.build is not None
    assert delivery.context is not None
    now = clock.now()
    entered_at = delivery.entered_at or now
    instance = Instance(
        id=delivery.instance_id, profile_id=delivery.profile_id, key=delivery.key or "", state="active",
        node=delivery.node, port=None, visit=delivery.visit, timers={}, wake_at=now, entered_at=entered_at,
        moved_at=now, expires_at=now, ended_at=None, context=delivery.context,
    )  # fmt: skip
    built = behaviour.build(
        Facts(
            delivery.context.get("events", {}),
            {"Profile": {"attributes": delivery.attributes or {}}},
            delivery.context.get("actions", {}),
            {},
            {},
            journey_properties(plan, instance),
            {},
            now,
        )
    )
    assert isinstance(built, Mail | HttpCall)
    return built


def _told(
    delivery: Leased, is_ok: bool, code: str, began: float, response: dict[str, Any] | None, message: str = ""
) -> dict[str, Any]:
    """The stimulus that the instance waits for."""
    return {
        "instance": delivery.instance_id,
        "node": delivery.node,
        "visit": delivery.visit,
        "is_ok": is_ok,
        "code": code,
        "elapsed_ms": round((time.monotonic() - began) * 1000),
        "response": response,
        "message": message,
    }


def _result(delivery: Leased, *, state: str, recipient: str | None = None, content: Any = None, response: Any = None,
            error_code: str | None = None, error: str | None = None, told: Any = None) -> dict[str, Any]:  # fmt: skip
    return {"shard": delivery.shard, "id": delivery.id, "state": state, "recipient": recipient, "content": content,
            "response": response, "error_code": error_code, "error": error, "told": told}  # fmt: skip
