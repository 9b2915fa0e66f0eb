"""Pause a version: nobody enters, and those inside are held, or taken out, at the next step that acts."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, live, permissions
from designer.errors import BadPause
from designer.models import Journey, Version
from engine import control
from engine.models.definition import PauseMode

SHORTEST, LONGEST = 1, 14  # days


def pause(version: Version, *, by: User, now: datetime, mode: str = PauseMode.HOLD, days: int = LONGEST) -> Version:
    """Live -> paused, for so many days at most: then it resumes by itself. IllegalMove from any other status."""
    permissions.require(by, "pause", version.journey.sandbox_id)
    if mode not in PauseMode.values:
        raise BadPause(f"There is no way to pause called {mode[:40]!r}.", hint="Say hold or discard.")
    if not SHORTEST <= days <= LONGEST:
        raise BadPause(f"A pause lasts {SHORTEST} to {LONGEST} days, not {days}.", hint="Choose a number between them.")
    with transaction.atomic():
        Journey.objects.filter(pk=version.journey_id).update(changed_at=now)
        resumes_at = now + timedelta(days=days)
        version.move("pause", pause_mode=mode, paused_at=now, paused_by=by, resumes_at=resumes_at)
        control.pause(version_id=version.pk, mode=mode, now=now)
        audit.of_version(
            "version.paused", version, by=by, now=now, mode=mode, days=days, resumes_at=resumes_at.isoformat()
        )
        live.tell(version.pk)
    return version
