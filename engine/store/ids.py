"""Ids for rows that a process makes: drawn from the database in blocks, handed out in memory."""

from collections import deque
from typing import Any

import psycopg

BLOCK = 1_000  # what one number of engine_id_block stands for


class Ids:
    """A supply of ids for one connection. Those left over when a process ends are not used again."""

    def __init__(self) -> None:
        self._free: deque[int] = deque()
        self.take = self._free.popleft  # an id; IndexError when more are taken than were reserved

    def reserve(self, connection: psycopg.Connection[Any], count: int) -> None:
        """Make sure that at least `count` ids can be taken without a query."""
        missing = count - len(self._free)
        if missing > 0:
            rows = connection.execute(
                "SELECT nextval('engine_id_block') FROM generate_series(1, %s)", [missing // BLOCK + 1]
            ).fetchall()
            for (number,) in rows:
                self._free.extend(range(number * BLOCK, (number + 1) * BLOCK))
