"""Resume a paused version: people may enter, and those who are held go on, a part at a time."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, live, permissions
from designer.actions.release import release_some
from designer.errors import IllegalMove
from designer.models import Journey, Version
from designer.states import Status
from engine import control


def resume(version: Version, *, by: User | None, now: datetime) -> Version:
    """Paused -> resuming, and live at once when few are held. `by` is None when the time of the pause is over."""
    if by is not None:
        permissions.require(by, "resume", version.journey.sandbox_id)
    with transaction.atomic():
        Journey.objects.filter(pk=version.journey_id).update(changed_at=now)
        version.move("resume", pause_mode="", resumes_at=None, resumed_at=now, resumed_by=by)
        control.resume(version_id=version.pk, now=now)
        audit.of_version("version.resumed", version, by=by, now=now)
        live.tell(version.pk)
    release_some(version, after=0, now=now)
    version.refresh_from_db()
    return version


def resume_due(*, now: datetime, limit: int = 100) -> int:
    """Resume what has been paused for as long as was asked. How many; safe to call from two processes at once."""
    due = Version.objects.filter(status=Status.PAUSED, resumes_at__lte=now).select_related("journey")
    resumed = 0
    for version in due.order_by("resumes_at")[:limit]:
        try:
            resume(version, by=None, now=now)
        except IllegalMove:
            continue  # stopped, or resumed by somebody, since we looked
        resumed += 1
    return resumed
