"""Take a file into a list: who is in it follows soon, in the background."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from designer.lists import Upload
from engine import audience_control
from engine.models import Audience, AudienceImport


def import_list(
    source: audience_control.ListSource,
    upload: Upload,
    audience: Audience,
    *,
    length: int | None,
    by: User,
    now: datetime,
) -> AudienceImport:
    """Read the file whole, or keep nothing of it. Raises BadList, ImportUnderWay, NotAnAudience.

    `length`: the bytes that are announced, if any are.
    """
    permissions.require(by, "manage_audiences", audience.sandbox_id)
    if audience.kind != Audience.Kind.UPLOAD:
        raise audience_control.NotAnAudience(
            "Only a list takes a file in.", hint="Who is in this audience is said by its rule."
        )
    upload.require_sound(audience.name, sandbox_id=audience.sandbox_id, audience_id=audience.pk)
    audience_control.refuse_another_import(audience.pk)
    with transaction.atomic():
        reading = upload.reading()
        staged = audience_control.stage_list(source, reading, length=length)
        made = audience_control.begin_import(
            staged, reading, audience_id=audience.pk, file_name=upload.file_name, mode=upload.mode,
            by=by.get_username(),
        )  # fmt: skip
        audit.record(
            "audience.imported", audience, by=by, now=now, sandbox_id=audience.sandbox_id, file=made.file_name,
            rows=made.rows, mode=made.mode,
        )  # fmt: skip
    return made
