"""Make a list from its first file."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from designer.actions.create_audience import create_audience
from designer.lists import Upload
from engine import audience_control
from engine.models import AudienceImport, Sandbox


def create_list(
    source: audience_control.ListSource,
    upload: Upload,
    *,
    name: str,
    description: str = "",
    sandbox: Sandbox,
    length: int | None,
    by: User,
    now: datetime,
) -> AudienceImport:
    """The list and its import, or neither. Raises BadList, NotAnAudience."""
    permissions.require(by, "manage_audiences", sandbox.pk)
    upload.require_sound(name, sandbox_id=sandbox.pk)
    with transaction.atomic():
        # The file first: whoever makes an audience holds up everybody who makes another.
        reading = upload.reading()
        staged = audience_control.stage_list(source, reading, length=length)
        audience = create_audience(upload.wanted(name, description), sandbox=sandbox, by=by, now=now)
        made = audience_control.begin_import(
            staged, reading, audience_id=audience.pk, file_name=upload.file_name, mode=upload.mode,
            by=by.get_username(),
        )  # fmt: skip
        audit.record(
            "audience.imported", audience, by=by, now=now, sandbox_id=sandbox.pk, file=made.file_name, rows=made.rows,
            mode=made.mode,
        )  # fmt: skip
    return made
