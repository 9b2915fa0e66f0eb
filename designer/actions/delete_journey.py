"""Delete a journey that nobody walks through: drafts and finished versions only."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from designer.errors import IllegalMove
from designer.models import Journey
from designer.states import DELETABLE


def delete_journey(journey: Journey, *, by: User, now: datetime) -> None:
    """Delete it with all its versions. Raises IllegalMove while a version is live, closed or stopped.

    What happened to people in its finished versions stays in the engine's history until retention drops it.
    """
    permissions.require(by, "delete", journey.sandbox_id)
    with transaction.atomic():
        held = Journey.objects.select_for_update().get(pk=journey.pk)
        in_the_way = [version for version in held.versions.all() if version.status not in DELETABLE]
        if in_the_way:
            first = in_the_way[0]
            raise IllegalMove(
                f"“{held.name}” cannot be deleted: version {first.number} is {first.get_status_display().lower()}.",
                hint="Only journeys whose versions are all drafts or finished can be deleted.",
                allowed=[],
            )
        audit.of_journey(
            "journey.deleted", held, by=by, now=now, versions=[version.number for version in held.versions.all()]
        )
        held.delete()
