"""The counts of versions, as the canvas shows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from engine.store.queries import query

Counts = dict[str, Any]


def counts(version_ids: Sequence[int]) -> dict[int, Counts]:
    """Version -> {"journey": {entered, active, ended, error, discarded}, "nodes": {id: {entered, waiting, error}},
    "ports": {"node.port": passed}}. All since the version was published.
    """
    found = {version: _empty() for version in version_ids}
    left: dict[tuple[int, str], int] = {}
    with connection.cursor() as cursor:
        cursor.execute(query("counters/totals").decode(), {"versions": list(version_ids)})
        rows = cursor.fetchall()
    for version, node, port, metric, value in rows:
        counted, value = found[version], int(value)
        if not node:
            counted["journey"][metric] = value
        elif metric == "left":
            left[version, node] = left.get((version, node), 0) + value
            if port:
                counted["ports"][f"{node}.{port}"] = value
        else:
            counted["nodes"].setdefault(node, {"entered": 0, "waiting": 0, "error": 0})[metric] = value
    for version, counted in found.items():
        journey = counted["journey"]
        journey["active"] = max(0, journey["entered"] - journey["ended"])
        for node, numbers in counted["nodes"].items():
            numbers["waiting"] = max(0, numbers["entered"] - left.get((version, node), 0))
    return found


def roll_up(now: datetime) -> None:
    """Turn counters older than an hour into one row an hour: what is summed stays short, and the sums the same."""
    with connection.cursor() as cursor:
        cursor.execute(query("counters/roll_up").decode(), {"now": now})


def _empty() -> Counts:
    return {
        "journey": {"entered": 0, "active": 0, "ended": 0, "error": 0, "discarded": 0},
        "nodes": {},
        "ports": {},
    }
