"""Revoke a write key: within seconds it opens nothing any more."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from engine import control
from engine.models import WriteKey


def revoke_write_key(key: WriteKey, *, by: User, now: datetime) -> None:
    """Revoke it. A key that was revoked before stays as it was."""
    permissions.require(by, "manage_write_keys", key.sandbox_id)
    with transaction.atomic():
        held = WriteKey.objects.select_for_update().get(pk=key.pk)
        if held.revoked_at is None:
            control.revoke_write_key(sandbox_id=held.sandbox_id, key_id=held.pk, now=now)
            audit.record("write_key.revoked", held, by=by, now=now, sandbox_id=held.sandbox_id)
