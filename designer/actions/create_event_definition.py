"""Define an event: from the commit on, the engine recognises it."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from designer import audit, permissions
from designer.errors import NameTaken, NotDefinable
from designer.event_definitions import Given, problems_of
from engine import control
from engine.models import EventDefinition, Sandbox


def create_event_definition(given: Given, *, sandbox: Sandbox, by: User, now: datetime) -> EventDefinition:
    """Keep the definition. Raises NotDefinable with every problem."""
    permissions.require(by, "configure_events", sandbox.pk)
    problems = problems_of(given, sandbox_id=sandbox.pk)
    if problems:
        raise NotDefinable("This event cannot be defined yet.", hint="`problems` says why.", problems=problems)
    try:
        with transaction.atomic():
            definition = EventDefinition.objects.create(sandbox=sandbox, **given.columns())
            control.changed()
            audit.record("event_definition.created", definition, by=by, now=now, sandbox_id=sandbox.pk)
    except IntegrityError as exc:  # somebody took the name since we looked
        raise NameTaken(f"There is an event called {given.name} already.", hint="Choose another name.") from exc
    return definition
