"""Delete an audience that no published journey and no other audience uses."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from designer.audiences import Users, users_of
from designer.errors import InUse
from designer.event_definitions import listed
from engine import audience_control
from engine.models import Audience


def delete_audience(audience: Audience, *, by: User, now: datetime) -> None:
    """Delete it. Raises InUse while it is named by a published version that may hold people, or by an audience."""
    permissions.require(by, "manage_audiences", audience.sandbox_id)
    with transaction.atomic():
        held = Audience.objects.select_for_update().get(pk=audience.pk)
        holding = users_of(held.sandbox_id).get(held.name, Users()).holding
        if holding:
            raise InUse(
                f"“{held.name}” cannot be deleted while it is used by {listed(holding)}.",
                hint="Take it out of those audiences, and stop or finish those journeys, first.",
            )
        audit.record("audience.deleted", held, by=by, now=now, sandbox_id=held.sandbox_id)
        audience_control.delete_audience(sandbox_id=held.sandbox_id, audience_id=held.pk)
