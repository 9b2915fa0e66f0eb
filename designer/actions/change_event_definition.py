"""Change an event definition, as far as the journeys that use it allow."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from designer import audit, permissions
from designer.errors import NameTaken, NotDefinable
from designer.event_definitions import Given, problems_of
from engine import control
from engine.models import EventDefinition


def change_event_definition(definition: EventDefinition, given: Given, *, by: User, now: datetime) -> EventDefinition:
    """Write what is different. Raises NotDefinable with every problem."""
    sandbox_id = definition.sandbox_id
    permissions.require(by, "configure_events", sandbox_id)
    try:
        with transaction.atomic():
            held = EventDefinition.objects.select_for_update().get(pk=definition.pk)
            problems = problems_of(given, sandbox_id=sandbox_id, now=held)
            if problems:
                raise NotDefinable("This change cannot be kept.", hint="`problems` says why.", problems=problems)
            before, after = Given.of(held).columns(), given.columns()
            changed = [name for name, value in after.items() if value != before[name]]
            if changed:
                for name in changed:
                    setattr(held, name, after[name])
                held.save(update_fields=[*changed, "updated_at"])
                control.changed()
                audit.record("event_definition.changed", held, by=by, now=now, sandbox_id=sandbox_id, changed=changed)
    except IntegrityError as exc:
        raise NameTaken(f"There is an event called {given.name} already.", hint="Choose another name.") from exc
    return held
