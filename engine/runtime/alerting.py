"""Alerts of journeys: raised once while they last, counted, and resolved by themselves when they are over."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import psycopg

from engine.logs import about
from engine.models import Alert
from engine.models.alert import GOING_ON
from engine.store.queries import query

log = logging.getLogger(__name__)

KEPT = timedelta(days=7)  # what was mended is told for so long, unless somebody says that they have read it
SENTENCES: Mapping[str, str] = {
    Alert.Code.LATE_PEOPLE: "{people} should have gone on more than 10 minutes ago; the engine has not come to that.",
    Alert.Code.LATE_DELIVERIES: "{things} should have been made more than 10 minutes ago; no courier has come to that.",
    Alert.Code.UNREADABLE: "Version {version} cannot be read by this release. Whoever is inside waits.",
    Alert.Code.LOST_RESULTS: "{people} waited for what came of a message or call, which was lost. It was told again.",
    Alert.Code.MISSING_DELIVERIES: "{people} waited for what nobody was to send or call, and went on as in error.",
    Alert.Code.FAR_DELIVERIES: "{things} had been put off by more than a day, and {were} made at once.",
    Alert.Code.LEFT_BEHIND: "{people} {were} still inside a version that is over, and left.",
    Alert.Code.WRONG_MOMENTS: "{people} {were} to be woken at a wrong moment. It was put right.",
    Alert.Code.NOWHERE: "{people} waited where nothing could come, and left in error.",
    Alert.Code.HELD: "{people} {were} held though nothing is paused, and went on.",
}  # fmt: skip


class Breach(NamedTuple):
    """What was found: of which kind, where, and how many."""

    code: str
    sandbox_id: int
    journey_id: int
    many: int
    version: str = ""

    @property
    def goes_on(self) -> bool:
        return self.code in GOING_ON


def together(found: Iterable[Breach]) -> list[Breach]:
    """One for each kind, journey and version, in one order."""
    counted: Counter[Breach] = Counter()
    for breach in found:
        counted[breach._replace(many=0)] += breach.many
    return sorted(breach._replace(many=many) for breach, many in counted.items())


def raise_alert(connection: psycopg.Connection[Any], breach: Breach, now: datetime) -> None:
    """Tell of so many more people or messages; of what goes on, that it is so many now.

    In the transaction of what was mended, so that neither is there without the other.
    """
    values = {**breach._asdict(), "goes_on": breach.goes_on, "now": now}
    row = connection.execute(query("stuck/raise_alert"), values).fetchone()
    assert row is not None  # inserted, or counted
    id, total, is_new = row
    connection.execute("UPDATE engine_alert SET message = %s WHERE id = %s", [_said(breach._replace(many=total)), id])
    if is_new and breach.goes_on:
        tell(breach)


def tell(breach: Breach) -> None:
    """Say it in the log: what goes on when it begins, what was mended each time it was."""
    where = about(sandbox=breach.sandbox_id, journey=breach.journey_id)
    log.warning("%s: %s", breach.code, _said(breach), extra=where)


def resolve_what_is_over(now: datetime) -> int:
    """What goes on and was not found at `now` is over; what was mended a week ago is no news. How many it were."""
    found = Alert.objects.filter(resolved_at=None)
    over = found.filter(code__in=GOING_ON, last_at__lt=now) | found.filter(last_at__lt=now - KEPT)
    return over.update(resolved_at=now)


def _said(breach: Breach) -> str:
    return SENTENCES[breach.code].format(
        people="One person" if breach.many == 1 else f"{breach.many:,} people",
        things="One message or call" if breach.many == 1 else f"{breach.many:,} messages or calls",
        were="was" if breach.many == 1 else "were",
        version=breach.version,
    )
