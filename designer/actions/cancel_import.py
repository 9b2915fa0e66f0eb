"""Cancel an import of a list that has let nobody in yet."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from engine import audience_control
from engine.models import AudienceImport


def cancel_import(found: AudienceImport, *, by: User, now: datetime) -> AudienceImport:
    """The list is as it was before the file came. Raises NotCancellable once people are let in, or it has ended."""
    audience = found.audience
    permissions.require(by, "manage_audiences", audience.sandbox_id)
    with transaction.atomic():
        cancelled = audience_control.cancel_import(found.pk, audience.pk)
        audit.record(
            "audience.import_cancelled", audience, by=by, now=now, sandbox_id=audience.sandbox_id,
            file=cancelled.file_name, rows=cancelled.rows,
        )  # fmt: skip
    return cancelled
