"""Dismiss an alert of a journey: somebody has read it."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from engine import operations_control
from engine.models import Alert


def dismiss_alert(alert: Alert, *, by: User, now: datetime) -> None:
    """It is shown to nobody any more, until more comes of it. One that is dismissed already stays so."""
    permissions.require(by, "dismiss_alerts", alert.sandbox_id)
    with transaction.atomic():
        name = by.get_username()
        if operations_control.dismiss_alert(sandbox_id=alert.sandbox_id, alert_id=alert.pk, by=name, now=now):
            audit.record("alert.dismissed", alert, by=by, now=now, sandbox_id=alert.sandbox_id)
