"""Rename a journey or describe it anew: allowed in every status."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from designer import audit, permissions
from designer.actions.create_journey import name_taken, proper_name
from designer.models import Journey


def rename_journey(
    journey: Journey, *, by: User, now: datetime, name: str | None = None, description: str | None = None
) -> Journey:
    """Change the name, the description, or both. Raises NameTaken."""
    permissions.require(by, "rename", journey.sandbox_id)
    before = {"name": journey.name, "description": journey.description}
    after = {
        "name": journey.name if name is None else proper_name(name),
        "description": journey.description if description is None else description.strip(),
    }
    if before == after:
        return journey
    with transaction.atomic():
        try:
            with transaction.atomic():
                Journey.objects.filter(pk=journey.pk).update(**after, changed_at=now)
        except IntegrityError as exc:
            raise name_taken(after["name"]) from exc
        journey.refresh_from_db()
        audit.of_journey("journey.renamed", journey, by=by, now=now, before=before, after=after)
    return journey
