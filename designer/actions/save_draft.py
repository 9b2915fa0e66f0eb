"""Save a draft, unless somebody else saved it meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from designer import permissions
from designer.errors import NotADraft, VersionConflict
from designer.graphs import accepted, accepted_properties
from designer.models import Journey, Version
from designer.payload import measured
from designer.states import Status
from designer.version_rules import problems_of
from engine.definition.properties import Properties
from engine.problems import Problem

USUAL_TIMEOUT = Properties().model_dump(mode="json")["activity_timeout"]


@dataclass(frozen=True, kw_only=True)
class Saved:
    revision: int
    saved_at: datetime
    problems: list[Problem]


def save_draft(
    version: Version,
    *,
    graph: object,
    revision: int,
    by: User,
    now: datetime,
    properties: Mapping[str, Any] | None = None,
) -> Saved:
    """Store the graph, and the properties if there are some, if the draft is still at `revision`.

    1. Refuse what is no graph at all (NotAGraph) or too large (TooLarge). Unfinished is fine: its problems come back.
       Refuse another timeout of actions from who may not set it (NotAllowed).
    2. Write it, if nobody wrote since `revision` and it is still a draft.
    3. If that changed no row, say which of the two it was: NotADraft, or VersionConflict with what is there now.
    """
    permissions.require(by, "edit", version.journey.sandbox_id)
    canonical = accepted(graph)
    changes: dict[str, Any] = {} if properties is None else {"properties": accepted_properties(properties)}
    if properties is not None and _timeout(properties) != _timeout(version.properties):
        permissions.require(by, "set_timeouts", version.journey.sandbox_id)
    with transaction.atomic():
        # The journey first, as every action does: two orders of locking would be a deadlock one day.
        Journey.objects.filter(pk=version.journey_id).update(changed_at=now)
        written = Version.objects.filter(pk=version.pk, status=Status.DRAFT, revision=revision).update(
            graph=canonical,
            payload_bytes=measured(canonical),
            revision=F("revision") + 1,
            saved_at=now,
            saved_by=by,
            **changes,
        )
        if not written:
            raise _what_came_between(version)
    kept = changes.get("properties", version.properties)
    problems = problems_of(version, graph=canonical, properties=kept)
    return Saved(revision=revision + 1, saved_at=now, problems=problems)


def _timeout(properties: Mapping[str, Any]) -> object:
    return properties.get("activity_timeout", USUAL_TIMEOUT)


def _what_came_between(version: Version) -> NotADraft | VersionConflict:
    version.refresh_from_db()
    if version.status != Status.DRAFT:
        return NotADraft(
            f"Version {version.number} is {version.get_status_display().lower()}; only drafts can be changed.",
            hint="Make a new version and change that.",
        )
    who = version.saved_by.get_username() if version.saved_by else "somebody"
    return VersionConflict(
        f"{who} saved this draft meanwhile.",
        hint="Compare, then keep yours or take theirs.",
        current={
            "revision": version.revision,
            "graph": version.graph,
            "properties": version.properties,
            "saved_by": who,
            "saved_at": version.saved_at,
        },
    )
