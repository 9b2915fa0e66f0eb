"""The courier: leases deliveries, builds each for its person, hands it over, and puts the result into the inbox.

A delivery is tried up to four times within its timeout; then its journey takes the error path. A courier that dies in
between leaves a lease behind that runs out: the next one makes the delivery again, with the same key.
"""

import asyncio
import logging
import os
import secrets
import socket
import time
from datetime import timedelta
from typing import Any

import psycopg

from engine import clock, fault_points
from engine.activities.base import HttpCall, Mail, NotDeliverable
from engine.catalogue import Catalogue
from engine.delivery import ledger
from engine.delivery.channels import Channel, Receipt, SendFailed
from engine.delivery.leased import Leased, Outcome, build
from engine.expressions import EvaluationError
from engine.logs import about
from engine.memory import rare_collections
from engine.store import connection as connections

log = logging.getLogger(__name__)

TIMEOUT = timedelta(seconds=30)  # the longest that an action may have, first attempt and retries together
RETRIES = 3
PAUSES = (0.5, 1.5, 4.0)  # seconds before each retry
MOST_LEASES = 5  # a delivery that this many couriers died with is given up
POSTPONE = timedelta(minutes=1)  # for one whose version cannot be compiled
GATHER = 0.005  # seconds that results wait for others, to be noted in one transaction
LONGEST_SLEEP = 5.0
CHANNEL = "engine_deliveries"


class LeaseLost(Exception):
    """The delivery is another courier's by now, or may be: it is not handed over."""


class Courier:
    """One courier process. Any number of them share the work."""

    def __init__(self, *, channels: dict[str, Channel], concurrency: int) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self.is_asked_to_stop = False
        self._channels = channels
        self._most = 2 * concurrency  # in hand: under way, or next in line
        self._places = asyncio.Semaphore(concurrency)
        self._catalogue = Catalogue()
        self._held: dict[int, Leased] = {}  # until what came of them is noted
        self._lost: set[int] = set()  # of those: what another has taken over
        self._renewed_at = time.monotonic()  # no lease of those in hand ends earlier than LEASE after this
        self._under_way: set[asyncio.Task[None]] = set()
        self._outcomes: list[Outcome] = []
        self._something = asyncio.Event()  # a reason to look for deliveries
        self._has_outcome = asyncio.Event()

    def stop(self) -> None:
        """Take nothing more, finish what is under way, then end."""
        self.is_asked_to_stop = True
        self._something.set()

    async def run(self) -> None:
        """Carry until asked to stop. A lost database is waited for; what came of deliveries meanwhile is kept."""
        pause = 0.2
        rare_collections()
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
        beside = [asyncio.create_task(self._listen()), asyncio.create_task(self._note(noting))]
        try:
            await self._renew(claiming)
            while not self.is_asked_to_stop:
                for task in beside:
                    if task.done():
                        task.result()  # raises what it ended with
                        raise psycopg.OperationalError("a connection of the courier ended")
                self._something.clear()
                leased = await asyncio.to_thread(self._claim, claiming, [*self._held]) if self._has_room else []
                for delivery in leased:
                    if delivery.id not in self._held:  # a lease of our own that ran out while the database was away
                        self._held[delivery.id] = delivery
                        task = asyncio.create_task(self._deliver(delivery))
                        self._under_way.add(task)
                        task.add_done_callback(self._under_way.discard)
                if time.monotonic() - self._renewed_at > ledger.LEASE.total_seconds() / 4:
                    await self._renew(claiming)
                if not leased:
                    await self._rest(claiming)
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=TIMEOUT.total_seconds() + 5)
        finally:
            beside[0].cancel()
            self._has_outcome.set()
            if self.is_asked_to_stop:
                await asyncio.wait([beside[1]], timeout=5)  # the last outcomes are noted
            beside[1].cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            claiming.close()
            noting.close()

    async def _rest(self, connection: psycopg.Connection[Any]) -> None:
        """Until something is noted, is announced, or is due; never longer than the leases allow."""
        seconds = LONGEST_SLEEP
        if self._has_room:
            due = await asyncio.to_thread(ledger.next_due, connection)
            if due is not None:
                seconds = min(seconds, max(0.0, (due - clock.now()).total_seconds()))
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

    @property
    def _has_room(self) -> bool:
        """Whether it is worth a query to look for more: half of what may be in hand is free."""
        return 2 * len(self._held) <= self._most

    def _claim(self, connection: psycopg.Connection[Any], held: list[int]) -> list[Leased]:
        with connection.transaction():
            leased = ledger.claim(connection, self.name, self._most - len(held), clock.now(), held)
            if leased:
                self._catalogue.refresh(connection)
                self._catalogue.plans(connection, {delivery.version_id for delivery in leased})
        return leased

    async def _renew(self, connection: psycopg.Connection[Any]) -> None:
        """Keep what is in hand, and learn what is not any more: after a pause, or without the database for a while."""
        began, held = time.monotonic(), [*self._held.values()]
        kept = await asyncio.to_thread(ledger.renew, connection, self.name, held, clock.now())
        self._lost |= ({delivery.id for delivery in held} - kept) & self._held.keys()
        self._renewed_at = began

    def _is_mine(self, delivery: Leased) -> bool:
        """Whether its lease holds for certain."""
        is_fresh = time.monotonic() - self._renewed_at < ledger.LEASE.total_seconds()
        return is_fresh and delivery.id not in self._lost

    async def _note(self, connection: psycopg.Connection[Any]) -> None:
        """Note outcomes, many in one transaction, until all of them are noted after the courier was asked to stop."""
        while self._outcomes or not (self.is_asked_to_stop and not self._under_way):
            await self._has_outcome.wait()
            self._has_outcome.clear()
            if not self.is_asked_to_stop:
                await asyncio.sleep(GATHER)
            outcomes, self._outcomes = self._outcomes, []
            if not outcomes:
                continue
            try:
                await asyncio.shield(asyncio.to_thread(ledger.note, connection, self.name, outcomes, clock.now()))
            except BaseException:
                self._outcomes = outcomes + self._outcomes  # to be noted when the database is back
                raise
            for outcome in outcomes:
                self._let_go(outcome.delivery)
            self._something.set()

    async def _deliver(self, delivery: Leased) -> None:
        """Build it, hand it over with retries, and have noted what came of it. Whatever goes wrong comes of it, too."""
        async with self._places:
            try:
                outcome = await self._outcome_of(delivery)
            except LeaseLost:
                if delivery.id not in self._lost:  # nobody is known to have it: whoever takes it makes it
                    self._let_go(delivery)
                    return
                outcome = Outcome(delivery=delivery, state="sending", is_late=True)
        self._outcomes.append(outcome)
        self._has_outcome.set()

    def _let_go(self, delivery: Leased) -> None:
        self._held.pop(delivery.id, None)
        self._lost.discard(delivery.id)

    async def _outcome_of(self, delivery: Leased) -> Outcome:
        plan = self._catalogue.plans_known().get(delivery.version_id)
        if delivery.context is None or self._catalogue.status.get(delivery.version_id) == "stopped":
            return Outcome(
                delivery=delivery,
                state="dropped",
                error_code="notWanted",
                error="The person left the journey before it was made.",
            )
        if plan is None:
            return Outcome(delivery=delivery, state="queued", postponed=POSTPONE)
        outcome = Outcome(delivery=delivery, state="failed")
        try:
            if delivery.attempts > MOST_LEASES:
                raise SendFailed("error", f"Given up: {MOST_LEASES} couriers ended while making it.", can_retry=False)
            thing = build(plan, delivery, clock.now())
            outcome.keep(thing)
            own = thing.timeout if isinstance(thing, HttpCall) else None
            receipt = await self._hand_over(outcome, thing, own or plan.properties.activity_timeout)
        except SendFailed as error:
            failure = error
        except NotDeliverable as error:
            failure = SendFailed(error.code, error.message, can_retry=False)
        except LeaseLost:
            raise
        except EvaluationError as error:
            failure = SendFailed("error", error.message, can_retry=False)
        except Exception as error:
            told = {**delivery.about(), **about(journey=plan.journey_id)}
            log.exception("delivery %s failed in an unforeseen way", delivery.id, extra=told)
            failure = SendFailed("error", f"{type(error).__name__}: {error}", can_retry=False)
        else:
            outcome.state, outcome.response = "sent", receipt.response or None
            outcome.tell(is_ok=True, code=receipt.code, response=receipt.response)
            return outcome
        outcome.response, outcome.error_code, outcome.error = failure.response, failure.code, failure.message
        outcome.tell(is_ok=False, code=failure.code, response=failure.response, message=failure.message)
        return outcome

    async def _hand_over(self, outcome: Outcome, thing: Mail | HttpCall, timeout: timedelta) -> Receipt:
        """Try, and try again while that can help and the timeout allows; waiting for a free place takes none of it."""
        delivery = outcome.delivery
        channel = self._channels[delivery.channel]
        left = timeout.total_seconds()
        origin, is_unknown = "", False
        for pause in (*PAUSES[:RETRIES], None):
            async with channel.places:
                if not origin and not self._is_mine(delivery):
                    raise LeaseLost
                began = time.monotonic()
                outcome.unknown += is_unknown
                try:
                    async with asyncio.timeout(left):
                        fault_points.passing("before-send")
                        receipt = await channel.send(thing, key=str(delivery.id))
                        fault_points.passing("after-send")
                        return receipt
                except SendFailed as error:
                    if not error.can_retry or pause is None:
                        raise
                    is_unknown = error.may_have_arrived
                    origin = f" The attempt before: {error.message}"
                except TimeoutError as error:
                    raise _timed_out(timeout, origin) from error
                left -= time.monotonic() - began
            if left <= pause:
                raise _timed_out(timeout, origin)
            await asyncio.sleep(pause)
            left -= pause
        raise AssertionError("unreachable")


def _timed_out(timeout: timedelta, origin: str) -> SendFailed:
    return SendFailed("timedOut", f"Not done within {timeout.total_seconds():g} s.{origin}", can_retry=False)
