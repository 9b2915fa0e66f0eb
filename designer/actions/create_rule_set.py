"""Make a rule set: journeys may carry it from now on."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from designer import audit, permissions
from designer.errors import BadRuleSet
from designer.rule_sets import Given, require_sound
from engine import control
from engine.models import RuleSet, Sandbox


def create_rule_set(given: Given, *, sandbox: Sandbox, by: User, now: datetime) -> RuleSet:
    """Keep it. Raises BadRuleSet for what cannot be kept, or for a name that is taken."""
    permissions.require(by, "manage_rule_sets", sandbox.pk)
    require_sound(given)
    try:
        with transaction.atomic():
            rule_set = RuleSet.objects.create(sandbox=sandbox, **given.columns())
            control.changed()
            audit.record("rule_set.created", rule_set, by=by, now=now, sandbox_id=sandbox.pk)
    except IntegrityError as exc:
        raise BadRuleSet(f"There is a rule set “{given.name}” already.", hint="Choose another name.") from exc
    return rule_set
