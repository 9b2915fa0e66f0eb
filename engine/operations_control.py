"""The front door of the engine for whoever looks after it: alerts, and how the engine is."""

from collections.abc import Sequence
from datetime import datetime

from engine.models import Alert
from engine.models.alert import GOING_ON
from engine.reporting.operations import History, Operations, history, operations
from engine.reporting.vitals import LATELY

__all__ = [
    "LATELY",
    "History",
    "Operations",
    "alerted",
    "alerts",
    "dismiss_alert",
    "history",
    "operations",
]

MOST_ALERTS = 200


def alerts(*, sandbox_id: int, journey_id: int | None = None) -> list[Alert]:
    """The alerts of a sandbox, or of one journey, that nobody has dismissed: the latest first, 200 at most."""
    found = Alert.objects.filter(sandbox_id=sandbox_id, resolved_at=None, dismissed_at=None)
    if journey_id is not None:
        found = found.filter(journey_id=journey_id)
    return list(found[:MOST_ALERTS])


def alerted(*, sandbox_id: int, journey_ids: Sequence[int]) -> dict[int, int]:
    """Journey -> how many alerts it has, of those that have any."""
    from django.db.models import Count

    found = Alert.objects.filter(
        sandbox_id=sandbox_id, journey_id__in=journey_ids, resolved_at=None, dismissed_at=None
    ).order_by()
    return dict(found.values_list("journey_id").annotate(Count("id")))


def dismiss_alert(*, sandbox_id: int, alert_id: int, by: str, now: datetime) -> bool:
    """Somebody has read it: it is shown no more until more comes of it. False: there is none, or not any more."""
    found = Alert.objects.filter(pk=alert_id, sandbox_id=sandbox_id, resolved_at=None, dismissed_at=None)
    ended = found.exclude(code__in=GOING_ON).update(dismissed_at=now, dismissed_by=by, resolved_at=now)
    return bool(ended or found.update(dismissed_at=now, dismissed_by=by))
