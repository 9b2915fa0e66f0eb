"""The counts of versions, as the canvas shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from engine.models import Definition
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
        if metric in ("assigned", "succeeded"):
            continue  # of treatments: see engine/reporting/experiments.py
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """What happened in a sandbox in the last 24 hours, whole hours counted as a whole. Rates are shares from 0 to 1."""

    live: int
    entered: int
    ended: int
    errors: int
    discarded: int

    @property
    def error_rate(self) -> float:
        """Of the runs that ended, those that ended in error."""
        return self.errors / self.ended if self.ended else 0.0

    @property
    def discard_rate(self) -> float:
        """Of those who would have entered, those who were refused."""
        wanted = self.entered + self.discarded
        return self.discarded / wanted if wanted else 0.0


def overview(sandbox_id: int, now: datetime) -> Overview:
    since = (now - timedelta(hours=24)).replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(query("counters/of_a_day").decode(), {"sandbox": sandbox_id, "since": since})
        found = {metric: int(value) for metric, value in cursor.fetchall()}
    live = Definition.objects.filter(sandbox_id=sandbox_id, status=Definition.Status.LIVE).count()
    return Overview(
        live=live,
        entered=found.get("entered", 0),
        ended=found.get("ended", 0),
        errors=found.get("error", 0),
        discarded=found.get("discarded", 0),
    )


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
