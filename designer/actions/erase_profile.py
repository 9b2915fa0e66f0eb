"""Erase a person: everything the product keeps about them, for good."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from engine import control
from engine.models import Profile, Sandbox


def erase_profile(profile_id: int, *, sandbox: Sandbox, by: User, now: datetime) -> int:
    """How many rows were removed; 0 when there is no such person. The log keeps nothing of the person."""
    permissions.require(by, "erase_profile", sandbox.pk)
    with transaction.atomic():
        removed = control.erase_profile(sandbox_id=sandbox.pk, profile_id=profile_id, by=by.get_username(), now=now)
        if removed:
            audit.record("profile.erased", Profile(id=profile_id), by=by, now=now, sandbox_id=sandbox.pk, rows=removed)
    return removed
