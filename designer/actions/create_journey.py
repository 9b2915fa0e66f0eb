"""Create a journey: a name, and an empty draft 1.0."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from designer import audit, permissions
from designer.errors import NameMissing, NameTaken
from designer.graphs import EMPTY
from designer.models import Journey, Version
from designer.payload import measured
from engine.models import Sandbox

NAME_LENGTH = 200


def create_journey(
    *, sandbox: Sandbox, name: str, by: User, now: datetime, description: str = "", graph: dict | None = None
) -> Version:
    """Make the journey and its first draft. Raises NameTaken when the sandbox has one of that name."""
    permissions.require(by, "create", sandbox.pk)
    graph = graph or EMPTY
    with transaction.atomic():
        journey = insert_journey(sandbox=sandbox, name=name, description=description, by=by, now=now)
        version = Version.objects.create(
            journey=journey,
            major=1,
            graph=graph,
            payload_bytes=measured(graph),
            created_at=now,
            saved_at=now,
            saved_by=by,
        )
        audit.of_journey("journey.created", journey, by=by, now=now)
    return version


def insert_journey(*, sandbox: Sandbox, name: str, description: str, by: User, now: datetime) -> Journey:
    try:
        with transaction.atomic():
            return Journey.objects.create(
                sandbox=sandbox,
                name=proper_name(name),
                description=description.strip(),
                created_at=now,
                changed_at=now,
                created_by=by,
            )
    except IntegrityError as exc:
        raise name_taken(name) from exc


def proper_name(name: str) -> str:
    """The name without blanks around it. Raises NameMissing when nothing, or too much, is left."""
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH:
        raise NameMissing(
            "A journey needs a name." if not name else f"This name has {len(name)} characters.",
            hint=f"Give it a name of at most {NAME_LENGTH} characters.",
        )
    return name


def name_taken(name: str) -> NameTaken:
    return NameTaken(f"There is a journey called “{name.strip()}” already.", hint="Choose another name.")
