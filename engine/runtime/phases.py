"""Where the time of turns goes, and what they came to: noted by each worker, minute by minute.

claim: shards are locked, stimuli taken. load: people, where they stand, what they did. decide: events are recognised,
and everything is decided in memory. write: rows are written. commit: PostgreSQL makes them last.
"""

import time
from datetime import datetime
from typing import Any

import psycopg

from engine.models import PHASES
from engine.store.queries import query

EVERY = 5.0  # seconds between two notes: one small statement, beside a hundred turns or more


class Phases:
    """A stopwatch for one turn: `ends(name)` gives the time since the last one to that phase."""

    __slots__ = ("_since", "seconds")

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(PHASES, 0.0)
        self._since = time.perf_counter()

    def ends(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] += now - self._since
        self._since = now


class Work:
    """What a worker has done and not yet noted."""

    def __init__(self, writer: int) -> None:
        self._writer = writer
        self._noted = 0.0
        self._forget()

    def add(self, phases: Phases, *, taken: int, steps: int) -> None:
        self._turns += 1
        self._taken += taken
        self._steps += steps
        for name, seconds in phases.seconds.items():
            self._seconds[name] += seconds

    def note(self, connection: psycopg.Connection[Any], now: datetime, *, at_once: bool = False) -> None:
        """Write it down, unless that was done just now. A worker that is killed takes some seconds of it along."""
        if not self._turns or (time.monotonic() < self._noted + EVERY and not at_once):
            return
        values = {"turns": self._turns, "stimuli": self._taken, "steps": self._steps, **self._seconds}
        connection.execute(query("turn/note_work"), {**values, "writer": self._writer, "now": now})
        self._noted = time.monotonic()
        self._forget()

    def _forget(self) -> None:
        self._turns = self._taken = self._steps = 0
        self._seconds = dict.fromkeys(PHASES, 0.0)
