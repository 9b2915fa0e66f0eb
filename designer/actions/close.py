"""Close a live version to new entrances: nobody new enters; those inside finish."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, live, permissions
from designer.models import Journey, Version
from engine import control


def close(version: Version, *, by: User, now: datetime) -> Version:
    """Live -> closed. Raises IllegalMove from any other status."""
    permissions.require(by, "close", version.journey.sandbox_id)
    with transaction.atomic():
        Journey.objects.filter(pk=version.journey_id).update(changed_at=now)
        version.move("close", ended_at=now)
        control.close(version_id=version.pk, now=now)
        audit.of_version("version.closed", version, by=by, now=now)
        live.tell(version.pk)
    return version
