"""Export everything kept about a person, as they may ask for it."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from engine import control
from engine.models import Profile, Sandbox


def export_profile(profile_id: int, *, sandbox: Sandbox, by: User, now: datetime) -> dict[str, Any] | None:
    """The person as JSON; None when there is none. The log says that it was exported, not what was in it."""
    permissions.require(by, "export_profile", sandbox.pk)
    with transaction.atomic():
        found = control.export_profile(sandbox_id=sandbox.pk, profile_id=profile_id)
        if found is not None:
            audit.record("profile.exported", Profile(id=profile_id), by=by, now=now, sandbox_id=sandbox.pk)
    return found
