"""Alerts of journeys: raised once while they last, counted, and resolved by themselves when they are over."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

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


def raise_alert(
    connection: psycopg.Connection[Any],
    *,
    sandbox_id: int,
    journey_id: int,
    code: str,
    count: int,
    version: str,
    now: datetime,
) -> None:
    """Tell of `count` more people or messages; of what goes on, that it is `count` now.

    In the transaction of what was mended, so that neither is there without the other.
    """
    values = {"sandbox": sandbox_id, "journey": journey_id, "code": code, "count": count, "now": now}
    goes_on = code in GOING_ON
    row = connection.execute(query("stuck/raise_alert"), {**values, "goes_on": goes_on}).fetchone()
    assert row is not None  # inserted, or counted
    id, total, is_new = row
    connection.execute("UPDATE engine_alert SET message = %s WHERE id = %s", [_said(code, total, version), id])
    if is_new or not goes_on:
        log.warning("%s: %s", code, _said(code, count, version), extra=about(sandbox=sandbox_id, journey=journey_id))


def resolve_what_is_over(now: datetime) -> int:
    """What goes on and was not found at `now` is over; what was mended a week ago is no news. How many it were."""
    found = Alert.objects.filter(resolved_at=None)
    over = found.filter(code__in=GOING_ON, last_at__lt=now) | found.filter(last_at__lt=now - KEPT)
    return over.update(resolved_at=now)


def _said(code: str, count: int, version: str) -> str:
    return SENTENCES[code].format(
        people="One person" if count == 1 else f"{count:,} people",
        things="One message or call" if count == 1 else f"{count:,} messages or calls",
        were="was" if count == 1 else "were",
        version=version,
    )
