"""Change an audience: who is in it follows with its next evaluation."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from designer import audit, permissions
from designer.audiences import Given, Users, require_sound, users_of
from designer.errors import BadAudience, InUse, NameTaken
from designer.event_definitions import listed
from engine import control
from engine.models import Audience

DECIDES = {"rule", "evaluation", "every"}  # what makes a new evaluation due


def change_audience(audience: Audience, given: Given, *, by: User, now: datetime) -> Audience:
    """Write what is different. Raises BadAudience with every problem, InUse for a new name of one that is used."""
    permissions.require(by, "manage_audiences", audience.sandbox_id)
    given = given.whole()
    try:
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
                for name, value in changed.items():
                    setattr(held, name, value)
                if types is None:
                    held.types = control.types_of_rule(sandbox_id=held.sandbox_id, rule=given.rule)
                held.updated_at, held.updated_by = now, by.get_username()
                if DECIDES & changed.keys():
                    held.next_at = given.first_evaluation(now)
                held.save(update_fields=[*changed, "types", "updated_at", "updated_by", "next_at"])
                control.changed()
                audit.record(
                    "audience.changed", held, by=by, now=now, sandbox_id=held.sandbox_id, changed=sorted(changed)
                )
    except IntegrityError as exc:
        raise NameTaken(f"There is an audience “{given.name}” already.", hint="Choose another name.") from exc
    return held
