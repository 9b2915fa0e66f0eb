"""Ids for rows that a process makes: drawn from the database in blocks, handed out in memory."""

from typing import Any

import psycopg

BLOCK = 1_000  # what one number of engine_id_block stands for


class Ids:
    """An endless supply of ids for one connection. Blocks left over when a process ends are not used again."""

    def __init__(self) -> None:
        self._free: list[range] = []

    def reserve(self, connection: psycopg.Connection[Any], count: int) -> None:
        """Make sure that at least `count` ids can be handed out without a query."""
        missing = count - sum(map(len, self._free))
        if missing > 0:
            rows = connection.execute(
                "SELECT nextval('engine_id_block') FROM generate_series(1, %s)", [missing // BLOCK + 1]
            ).fetchall()
            self._free += [range(number * BLOCK, (number + 1) * BLOCK) for (number,) in rows]

    def take(self) -> int:
        block = self._free[0]
        first = block[0]
        if len(block) == 1:
            self._free.pop(0)
        else:
            self._free[0] = block[1:]
        return first
