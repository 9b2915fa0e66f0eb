"""Make a write key: what a program shows to send events into the sandbox."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from engine import control
from engine.models import Sandbox, WriteKey
from engine.models.write_key import digest_of


def make_write_key(*, sandbox: Sandbox, name: str, by: User, now: datetime) -> str:
    """The key. It is returned this once; nobody can read it again."""
    permissions.require(by, "manage_write_keys", sandbox.pk)
    with transaction.atomic():
        key = control.make_write_key(sandbox_id=sandbox.pk, name=name, by=by.get_username())
        made = WriteKey.objects.get(digest=digest_of(key))
        audit.record("write_key.made", made, by=by, now=now, sandbox_id=sandbox.pk)
    return key
