"""Stop one reading of an audience: who was read stays, the rest is not read."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from engine import audience_control
from engine.models import ReadRun


def stop_reading(run: ReadRun, *, by: User, now: datetime) -> int:
    """How many are not read because of it. Raises NotReading when it has ended meanwhile."""
    permissions.require(by, "stop_reading", run.sandbox_id)
    with transaction.atomic():
        left = audience_control.stop_reading(sandbox_id=run.sandbox_id, run_id=run.pk, now=now)
        audit.record("reading.stopped", run, by=by, now=now, sandbox_id=run.sandbox_id, not_read=left)
    return left
