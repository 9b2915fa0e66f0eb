"""Make the next version of a journey: a draft with the graph of the latest one."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from designer.errors import IllegalMove
from designer.models import Journey, Version
from designer.states import Status, allowed_from


def new_version(version: Version, *, by: User, now: datetime) -> Version:
    """A draft with the next number. Raises IllegalMove unless `version` is the latest one and no draft."""
    permissions.require(by, "new_version", version.journey.sandbox_id)
    with transaction.atomic():
        journey = Journey.objects.select_for_update().get(pk=version.journey_id)
        version.refresh_from_db()
        latest = journey.versions.order_by("-major", "-minor").first()
        if latest is None or latest.pk != version.pk:
            raise IllegalMove(
                f"Version {version.number} is not the latest one.",
                hint=f"Start from version {latest.number}." if latest else "",
                allowed=allowed_from(version.status),
            )
        if version.status == Status.DRAFT:
            raise IllegalMove(
                f"Version {version.number} is a draft already.",
                hint="Change the draft, or publish it first.",
                allowed=allowed_from(version.status),
            )
        draft = Version.objects.create(
            journey=journey,
            major=latest.major + 1,
            graph=version.graph,
            properties=version.properties,
            payload_bytes=version.payload_bytes,
            created_at=now,
            saved_at=now,
            saved_by=by,
        )
        Journey.objects.filter(pk=journey.pk).update(changed_at=now)
        audit.of_version("version.created", draft, by=by, now=now, made_from=version.number)
    return draft
