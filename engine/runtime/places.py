"""The places of profile caps: exact, however many workers give them away."""

from collections.abc import Iterable
from typing import Any

import psycopg

from engine.definition.compile import Plan
from engine.store.queries import query


class Places:
    """What is taken of every cap that a turn may come to. Its rows are held until the turn is over."""

    def __init__(self) -> None:
        self._taken: dict[tuple[int, str], int] = {}
        self._changed: set[tuple[int, str]] = set()

    def load(self, connection: psycopg.Connection[Any], plans: Iterable[Plan]) -> None:
        """Lock the caps of these plans, in one order for all workers; nothing when none of them has one."""
        wanted = sorted({(plan.version_id, node) for plan in plans for node in plan.caps})
        if not wanted:
            return
        versions, nodes = zip(*wanted, strict=True)
        values = {"versions": list(versions), "nodes": list(nodes)}
        connection.execute(query("turn/add_caps"), values)
        for version, node, taken in connection.execute(query("turn/lock_caps"), values):
            self._taken[version, node] = taken

    def take(self, version_id: int, node: str, limit: int, /) -> bool:
        place = (version_id, node)
        if self._taken[place] >= limit:
            return False
        self._taken[place] += 1
        self._changed.add(place)
        return True

    def save(self, connection: psycopg.Connection[Any]) -> None:
        if self._changed:
            versions, nodes = zip(*sorted(self._changed), strict=True)
            taken = [self._taken[place] for place in sorted(self._changed)]
            connection.execute(
                query("turn/save_caps"), {"versions": list(versions), "nodes": list(nodes), "taken": taken}
            )
