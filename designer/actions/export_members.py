"""Give out who is in an audience: personal data, so it is on record who asked for it."""

from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.models import User

from designer import audit, permissions
from engine import audience_control
from engine.models import Audience


def export_members(audience: Audience, *, by: User, now: datetime) -> Iterator[list[str]]:
    """Rows of texts, the first their titles; read while they are written out, however many."""
    permissions.require(by, "export_members", audience.sandbox_id)
    audit.record("audience.exported", audience, by=by, now=now, sandbox_id=audience.sandbox_id)
    return audience_control.audience_export(sandbox_id=audience.sandbox_id, audience_id=audience.pk)
