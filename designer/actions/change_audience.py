"""Change an audience: who is in it follows with its next evaluation."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from designer.audiences import Users, users_of
from designer.errors import InUse
from designer.event_definitions import listed
from engine import audience_control
from engine.models import Audience


def change_audience(
    audience: Audience, wanted: audience_control.AudienceWanted, *, by: User, now: datetime
) -> Audience:
    """Write what is different. Raises NotAnAudience with every problem, InUse for a new name of one that is used."""
    permissions.require(by, "manage_audiences", audience.sandbox_id)
    wanted = wanted.whole()
    with transaction.atomic():
        held = Audience.objects.select_for_update().get(pk=audience.pk)
        if wanted.kind != held.kind:
            raise audience_control.NotAnAudience("An audience keeps its kind.", hint="Make another one.")
        changed = wanted.differs_from(audience_control.AudienceWanted.of(held))
        holding = users_of(held.sandbox_id).get(held.name, Users()).holding if "name" in changed else []
        if holding:
            raise InUse(
                f"“{held.name}” keeps its name while it is used by {listed(holding)}.",
                hint="Everything else may change.",
            )
        if changed:
            held = audience_control.keep_audience(
                sandbox_id=held.sandbox_id, wanted=wanted, by=by.get_username(), audience_id=held.pk
            )
            audit.record("audience.changed", held, by=by, now=now, sandbox_id=held.sandbox_id, changed=sorted(changed))
    return held
