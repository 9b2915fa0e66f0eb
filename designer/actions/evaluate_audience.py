"""Have an audience evaluated now, whenever it is due."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from engine import audience_control
from engine.models import Audience


def evaluate_audience(audience: Audience, *, by: User, now: datetime) -> None:
    """It is evaluated as soon as somebody is free. Raises NotAnAudience for a list, which is imported."""
    permissions.require(by, "manage_audiences", audience.sandbox_id)
    with transaction.atomic():
        audience_control.evaluate_audiences(
            sandbox_id=audience.sandbox_id, audience_ids=[audience.pk], by=by.get_username()
        )
        audit.record("audience.evaluated", audience, by=by, now=now, sandbox_id=audience.sandbox_id)
