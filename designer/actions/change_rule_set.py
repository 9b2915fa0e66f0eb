"""Change a rule set: the engine goes by its new numbers within seconds."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from designer import audit, permissions
from designer.errors import BadRuleSet, InUse
from designer.event_definitions import listed
from designer.rule_sets import Given, require_sound
from engine import control
from engine.models import RuleSet


def change_rule_set(rule_set: RuleSet, given: Given, *, by: User, now: datetime) -> RuleSet:
    """Write what is different. Raises BadRuleSet for what cannot be kept, InUse for a new name of one that is used."""
    permissions.require(by, "manage_rule_sets", rule_set.sandbox_id)
    require_sound(given)
    try:
        with transaction.atomic():
            held = RuleSet.objects.select_for_update().get(pk=rule_set.pk)
            before = Given.of(held).columns()
            changed = {name: value for name, value in given.columns().items() if value != before[name]}
            published = control.rule_sets_in_use(held.sandbox_id).get(held.name, [])
            if "name" in changed and published:
                raise InUse(
                    f"“{held.name}” keeps its name while it is carried by {listed(published)}.",
                    hint="Its numbers and its description may change.",
                )
            if changed:
                for name, value in changed.items():
                    setattr(held, name, value)
                held.save(update_fields=[*changed, "updated_at"])
                control.changed()
                was = {name: before[name] for name in changed}
                audit.record(
                    "rule_set.changed", held, by=by, now=now, sandbox_id=held.sandbox_id, before=was, after=changed
                )
    except IntegrityError as exc:
        raise BadRuleSet(f"There is a rule set “{given.name}” already.", hint="Choose another name.") from exc
    return held
