"""Feeding: the people of audiences that are being read are put into the inbox, so many a second."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from engine.store.queries import query

SLICE = 5_000  # people moved in one go
MOST_WAITING = 50_000  # items in the inbox, of whatever kind: with more, the engine is behind, and reading waits
PAUSE = 0.1  # seconds after which a worker with nothing else to do looks again, while something is being read


@dataclass(frozen=True, slots=True)
class Fed:
    """What feeding did. `goes_on`: somebody is still to be read, and looking again soon is worth it."""

    moved: int = 0
    goes_on: bool = False


def feed(connection: psycopg.Connection[Any], *, now: datetime) -> Fed:
    """Put the next people of each run into the inbox, in one transaction: nobody is lost, and nobody comes twice.

    Each run has a bucket: it fills at the reading rate, up to what a second brings, and whoever enters takes one out.
    It is looked into again when a tenth of a second has filled it: fewer people are not worth a turn. When so many are
    read as a wave has, the run rests until the next one.
    """
    if connection.execute(query("reads/is_any")).fetchone() == (False,):
        return Fed()
    with connection.transaction():
        runs = connection.execute(query("reads/lock_reading")).fetchall()
        if not runs:
            return Fed()
        moved, goes_on = 0, False
        room = MOST_WAITING - _waiting(connection)
        for run, sandbox, version, name, rate, tokens, filled_at, after, left in runs:
            passed = max(0.0, (now - filled_at).total_seconds())
            bucket = min(float(rate), tokens + rate * passed)
            most = min(int(bucket), SLICE, room)
            if left != 0 and (bucket < rate * PAUSE or most < 1):
                goes_on = True
                continue
            most = most if left is None else min(most, left)
            values = {
                "run": run, "sandbox": sandbox, "version": version, "name": name, "after": after, "most": most,
                "now": now,
            }  # fmt: skip
            row = connection.execute(query("reads/take_slice"), values).fetchone()
            taken, last = row if row is not None else (0, None)
            is_done = taken < most
            rests = taken == left and not is_done
            connection.execute(
                query("reads/save_progress"),
                {
                    "run": run, "moved": taken, "tokens": bucket - taken, "after": last or after, "done": is_done,
                    "rests": rests, "now": max(now, filled_at),
                },
            )  # fmt: skip
            moved += taken
            room -= taken
            goes_on |= not (is_done or rests)
        if moved:
            connection.execute("SELECT pg_notify('engine_work', '')")
    return Fed(moved, goes_on)


def _waiting(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute(query("reads/count_waiting"), {"most": MOST_WAITING}).fetchone()
    return int(row[0]) if row is not None else 0
