"""Make an audience: journeys and other audiences may name it from now on."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from designer.audiences import Given, require_sound
from engine import control
from engine.models import Audience, Sandbox


def create_audience(given: Given, *, sandbox: Sandbox, by: User, now: datetime) -> Audience:
    """Keep it; it is evaluated soon. Raises BadAudience with every problem, NotAnAudience for a name that is taken."""
    permissions.require(by, "manage_audiences", sandbox.pk)
    given = given.whole()
    require_sound(given, sandbox_id=sandbox.pk)
    with transaction.atomic():
        audience = control.keep_audience(sandbox_id=sandbox.pk, wanted=given.wanted(), by=by.get_username())
        audit.record("audience.created", audience, by=by, now=now, sandbox_id=sandbox.pk)
    return audience
