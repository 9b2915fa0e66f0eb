"""Delete an event definition that no journey uses."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from designer.errors import InUse
from designer.event_definitions import listed, used_by
from engine import control
from engine.models import EventDefinition


def delete_event_definition(definition: EventDefinition, *, by: User, now: datetime) -> None:
    """Delete it. Raises InUse while a draft or a published journey that may hold people uses it."""
    permissions.require(by, "configure_events", definition.sandbox_id)
    with transaction.atomic():
        held = EventDefinition.objects.select_for_update().get(pk=definition.pk)
        published, drafts = used_by(held.sandbox_id, held.name)
        if published or drafts:
            raise InUse(
                f"{held.name} cannot be deleted: {listed(sorted({*published, *drafts}))} use it.",
                hint="Take it out of the drafts, and stop or finish the published journeys.",
            )
        audit.record("event_definition.deleted", held, by=by, now=now, sandbox_id=held.sandbox_id)
        held.delete()
        control.changed()
