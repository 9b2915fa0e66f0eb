"""Bring a journey in from its text: as a new journey, or as the draft of the one that has its name."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit
from designer.actions.create_journey import create_journey
from designer.actions.new_version import new_version
from designer.actions.save_draft import Saved, save_draft
from designer.as_code import Written
from designer.models import Journey, Version
from designer.states import Status
from engine.models import Sandbox


def import_journey(written: Written, *, sandbox: Sandbox, by: User, now: datetime) -> tuple[Version, Saved]:
    """The draft that now says what the text says, and its problems; nothing else of the sandbox changes.

    1. No journey of that name: a new one, with a draft 1.0.
    2. Its latest version is a draft: that draft. Otherwise: the next version.
    """
    with transaction.atomic():
        journey = Journey.objects.filter(sandbox=sandbox, name__iexact=written.name.strip()).first()
        if journey is None:
            version = create_journey(
                sandbox=sandbox, name=written.name, description=written.description, by=by, now=now
            )
        else:
            latest = journey.versions.order_by("-major", "-minor").first()
            assert latest is not None
            version = latest if latest.status == Status.DRAFT else new_version(latest, by=by, now=now)
        saved = save_draft(
            version, graph=written.graph, properties=written.properties, revision=version.revision, by=by, now=now
        )
        audit.of_version("version.imported", version, by=by, now=now, made_from=written.version)
    version.refresh_from_db()
    return version, saved
