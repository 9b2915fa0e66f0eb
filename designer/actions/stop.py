"""Stop a version: everybody inside is taken out at once, and nobody enters again."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, live, permissions
from designer.models import Journey, Version
from engine import control


def stop(version: Version, *, by: User, now: datetime) -> Version:
    """Live, paused or closed -> stopped. Raises IllegalMove from any other status. It cannot be undone."""
    permissions.require(by, "stop", version.journey.sandbox_id)
    with transaction.atomic():
        Journey.objects.filter(pk=version.journey_id).update(changed_at=now)
        version.move("stop", ended_at=version.ended_at or now, pause_mode="", resumes_at=None)
        control.stop(version_id=version.pk, now=now)
        audit.of_version("version.stopped", version, by=by, now=now)
        live.tell(version.pk)
    return version
