"""Say, while a version is paused, that people with a certain attribute are to leave it."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from designer.errors import IllegalMove
from designer.models import Version
from designer.states import Status, allowed_from
from engine import control

LABEL_LENGTH = 100


def set_attribute_exit(version: Version, *, label: str, condition: str, by: User, now: datetime) -> Version:
    """People of whom the condition is true leave at the next step that acts, old ones and new ones.

    Without a condition nobody does any more. IllegalMove unless the version is paused; NotDeployable, with every
    problem, when the condition is wrong.
    """
    permissions.require(by, "pause", version.journey.sandbox_id)
    label = " ".join(label.split())[:LABEL_LENGTH] or "Exit by attribute"
    with transaction.atomic():
        version = Version.objects.select_for_update().get(pk=version.pk)
        if version.status != Status.PAUSED:
            raise IllegalMove(
                f"Version {version.number} is {version.get_status_display().lower()}; people leave by an attribute "
                "only if that is set while it is paused.",
                hint="Pause it first.",
                allowed=allowed_from(version.status),
            )
        control.exit_by_attribute(version_id=version.pk, label=label, condition=condition.strip())
        audit.of_version("version.attribute_exit", version, by=by, now=now, label=label, condition=condition.strip())
    return version
