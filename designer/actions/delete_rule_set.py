"""Delete a rule set that no published journey carries."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from designer.errors import InUse
from designer.event_definitions import listed
from engine import control
from engine.models import RuleSet


def delete_rule_set(rule_set: RuleSet, *, by: User, now: datetime) -> None:
    """Delete it. Raises InUse while a published version that may hold people carries it."""
    permissions.require(by, "manage_rule_sets", rule_set.sandbox_id)
    with transaction.atomic():
        held = RuleSet.objects.select_for_update().get(pk=rule_set.pk)
        published = control.rule_sets_in_use(held.sandbox_id).get(held.name, [])
        if published:
            raise InUse(
                f"“{held.name}” cannot be deleted while it is carried by {listed(published)}.",
                hint="Publish them with another rule set, or stop them, first.",
            )
        audit.record("rule_set.deleted", held, by=by, now=now, sandbox_id=held.sandbox_id)
        held.delete()
        control.changed()
