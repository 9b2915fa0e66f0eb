"""The worker loop: turn after turn while there is work, then sleep until a NOTIFY or the next due moment."""

import contextlib
import gc
import itertools
import logging
import random
import select
import time
from datetime import timedelta
from typing import Any

import psycopg

from engine import clock
from engine.catalogue import Catalogue
from engine.runtime.feeding import PAUSE, feed
from engine.runtime.phases import Work
from engine.runtime.quarantine import set_aside
from engine.runtime.turn import Report, TurnFailed, take_turn
from engine.store import connection as connections
from engine.store.ids import Ids
from engine.store.queries import query

log = logging.getLogger(__name__)

LONGEST_SLEEP = timedelta(seconds=5)  # looks again even if every NOTIFY was lost
CHANNEL = "engine_work"
SMALL_TURN = 64  # stimuli; in a turn of so few that fails, each is tried alone
COLLECT_EVERY = 500  # turns
# After a turn of so few stimuli the next waits a moment, for more to come. With two engines at 500 events a second that
# halves the turns, takes an eighth of the CPU time of all processes (a third at 200), and the slowest percent of events
# are at their action after 76 ms instead of 154; at 5 a second nothing changes.
FEW, BREATH = 64, 0.008  # stimuli, seconds


class Worker:
    """One engine process. Any number of them share the work; each keeps one connection and one catalogue."""

    def __init__(self, *, limit: int) -> None:
        self.limit = limit
        self.writer = random.randint(1, 2**31 - 1)  # not the process id: on other machines somebody else has it
        self.is_asked_to_stop = False
        self._connection: psycopg.Connection[Any] | None = None
        self._catalogue = Catalogue()
        self._ids = Ids()
        self._work = Work(self.writer)
        self._is_reading = False  # an audience is being read: look again soon, whatever else there is to do

    def stop(self, *_: object) -> None:
        """Finish the turn under way, then end. Safe as a signal handler."""
        self.is_asked_to_stop = True

    def run(self) -> None:
        """Work until asked to stop. A lost database is waited for; what was not committed is simply done again."""
        pause = 0.2
        gc.freeze()
        gc.disable()  # a turn makes 100,000 objects and no cycles: looking for some took a quarter of its time
        for turns in itertools.count(1):
            if self.is_asked_to_stop:
                break
            try:
                report = self.run_once()
                if report.taken < FEW:
                    time.sleep(BREATH)
                if report.is_idle:
                    self._sleep()
                if turns % COLLECT_EVERY == 0:
                    _was_told(self._connect())
                    gc.collect()
                pause = 0.2
            except psycopg.OperationalError as error:
                log.warning("the database does not answer (%s); trying again in %.1f s", error, pause)
                self._drop_connection()
                time.sleep(pause)
                pause = min(pause * 2, 5.0)
        with contextlib.suppress(psycopg.OperationalError):
            self._work.note(self._connect(), clock.now(), at_once=True)
        self._drop_connection()

    def run_until_idle(self, *, most_turns: int = 10_000) -> int:
        """Take turns until there is nothing to do; the number of stimuli taken. For tests and rehearsals."""
        taken = 0
        for _ in range(most_turns):
            report = self.run_once()
            if report.is_idle:
                return taken
            taken += report.taken
        raise RuntimeError(f"still busy after {most_turns} turns")

    def run_once(self) -> Report:
        """Feed the inbox with who is to be read, then one turn.

        What cannot be processed is looked for in ever smaller turns, and set aside with its reason.
        """
        self._is_reading = feed(self._connect(), now=clock.now()).goes_on
        limit = self.limit
        while True:
            connection = self._connect()
            try:
                report = take_turn(
                    connection, self._catalogue, self._ids, writer=self.writer, now=clock.now(), limit=limit
                )
                if report.taken:
                    self._work.add(report.phases, taken=report.taken, steps=report.steps)
                self._work.note(connection, clock.now())
                return report
            except TurnFailed as failure:
                if limit > SMALL_TURN:
                    log.warning("%s (%r); trying smaller ones", failure, failure.__cause__)
                    limit = max(SMALL_TURN, limit // 8)
                else:
                    set_aside(
                        connection, self._catalogue, self._ids, failure.items, writer=self.writer, now=clock.now()
                    )
                    return Report(shards=1)

    def _connect(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = connections.connect(autocommit=True, name="engine")
            self._connection.execute(f"LISTEN {CHANNEL}")
        return self._connection

    def _drop_connection(self) -> None:
        self._ids = Ids()  # some may be from a turn that a crash undid: the database will give them to somebody else
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _sleep(self) -> None:
        connection = self._connect()
        row = connection.execute(query("turn/next_wake")).fetchone()
        seconds = LONGEST_SLEEP.total_seconds()
        if row is not None and row[0] is not None:
            seconds = min(seconds, max(0.0, (row[0] - clock.now()).total_seconds()))
        if self._is_reading:
            seconds = min(seconds, PAUSE)
        deadline = time.monotonic() + seconds
        while not self.is_asked_to_stop:
            if _was_told(connection):
                return
            left = deadline - time.monotonic()
            if left <= 0:
                return
            select.select([connection.fileno()], [], [], min(left, 0.5))


def _was_told(connection: psycopg.Connection[Any]) -> bool:
    """Whether there was a NOTIFY since the last look. All are taken: what is left stays in memory, and wakes again.

    At 100 requests a second, taking one at a time came to 37 MB in half an hour.
    """
    return sum(1 for _ in connection.notifies(timeout=0)) > 0
