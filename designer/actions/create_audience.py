"""Make an audience: journeys and other audiences may name it from now on."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from engine import audience_control
from engine.models import Audience, Sandbox


def create_audience(wanted: audience_control.AudienceWanted, *, sandbox: Sandbox, by: User, now: datetime) -> Audience:
    """Keep it; it is evaluated soon. Raises NotAnAudience with every problem."""
    permissions.require(by, "manage_audiences", sandbox.pk)
    with transaction.atomic():
        audience = audience_control.keep_audience(sandbox_id=sandbox.pk, wanted=wanted.whole(), by=by.get_username())
        audit.record("audience.created", audience, by=by, now=now, sandbox_id=sandbox.pk)
    return audience
