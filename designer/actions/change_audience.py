"""Change an audience: who is in it follows with its next evaluation."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from designer.audiences import Given, Users, require_sound, users_of
from designer.errors import BadAudience, InUse
from designer.event_definitions import listed
from engine import control
from engine.models import Audience


def change_audience(audience: Audience, given: Given, *, by: User, now: datetime) -> Audience:
    """Write what is different. Raises BadAudience with every problem, InUse for a new name of one that is used."""
    permissions.require(by, "manage_audiences", audience.sandbox_id)
    given = given.whole()
    with transaction.atomic():
        held = Audience.objects.select_for_update().get(pk=audience.pk)
        if given.kind != held.kind:
            raise BadAudience("An audience keeps its kind.", hint="Make another one.")
        # A rule that stays means what it meant; a new one reads attributes as they are today.
        types = held.types if given.rule == held.rule else None
        require_sound(given, sandbox_id=held.sandbox_id, types=types)
        before = Given.of(held).column_values()
        changed = {name: value for name, value in given.column_values().items() if value != before[name]}
        holding = users_of(held.sandbox_id).get(held.name, Users()).holding if "name" in changed else []
        if holding:
            raise InUse(
                f"“{held.name}” keeps its name while it is used by {listed(holding)}.",
                hint="Everything else may change.",
            )
        if changed:
            wanted = given.wanted()
            held = control.keep_audience(
                sandbox_id=held.sandbox_id, wanted=wanted, by=by.get_username(), audience_id=held.pk
            )
            audit.record("audience.changed", held, by=by, now=now, sandbox_id=held.sandbox_id, changed=sorted(changed))
    return held
