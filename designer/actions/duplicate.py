"""Duplicate a version: a new journey whose draft 1.0 has the same graph."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from designer.actions.create_journey import NAME_LENGTH, insert_journey
from designer.models import Journey, Version


def duplicate(version: Version, *, by: User, now: datetime, name: str = "") -> Version:
    """The draft of the copy. Without a name it is called `<name>_copy`, then `<name>_copy_2`, and so on."""
    source = version.journey
    permissions.require(by, "duplicate", source.sandbox_id)
    with transaction.atomic():
        journey = insert_journey(
            sandbox=source.sandbox,
            name=name.strip() or free_name(source),
            description=source.description,
            by=by,
            now=now,
        )
        journey.tags.set(source.tags.all())
        draft = Version.objects.create(
            journey=journey,
            major=1,
            graph=version.graph,
            properties=version.properties,
            payload_bytes=version.payload_bytes,
            created_at=now,
            saved_at=now,
            saved_by=by,
        )
        audit.of_journey("journey.duplicated", journey, by=by, now=now, made_from=f"{source.name} {version.number}")
    return draft


def free_name(journey: Journey) -> str:
    """The default name of a copy: the first that nobody has yet."""
    base = f"{journey.name[: NAME_LENGTH - 10]}_copy"
    taken = {
        name.lower()
        for name in Journey.objects.filter(sandbox_id=journey.sandbox_id, name__istartswith=base).values_list(
            "name", flat=True
        )
    }
    if base.lower() not in taken:
        return base
    return next(name for n in range(2, len(taken) + 3) if (name := f"{base}_{n}").lower() not in taken)
