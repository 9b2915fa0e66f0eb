"""Publish a draft: it becomes live, people may enter, and its live predecessor is closed."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, live, permissions
from designer.errors import IllegalMove, NotPublishable
from designer.models import Journey, Version
from designer.payload import require_fits
from designer.states import Status, allowed_from
from designer.version_rules import problems_of
from engine import control
from engine.problems import errors_in


def publish(version: Version, *, by: User, now: datetime) -> Version:
    """Make it live.

    1. Hold the journey, so that two publications of it stand in line.
    2. Refuse a version with errors, NotPublishable lists every problem; and one that is too large (TooLarge).
    3. Refuse it while its predecessor is paused: whoever is held there could not finish.
    4. Close the live predecessor: nobody new enters it, those inside finish there.
    5. Move draft -> live by compare-and-set; IllegalMove when it is no draft any more.
    6. Hand the definition to the engine in the same transaction: there is no moment at which only one of them knows.
    """
    permissions.require(by, "publish", version.journey.sandbox_id)
    with transaction.atomic():
        journey = Journey.objects.select_for_update().get(pk=version.journey_id)
        version.refresh_from_db()
        if version.status != Status.DRAFT:
            raise IllegalMove(
                f"Version {version.number} is {version.get_status_display().lower()}; only a draft can be published.",
                hint="Make a new version and publish that.",
                allowed=allowed_from(version.status),
            )
        require_fits(version.graph)
        problems = problems_of(version)
        errors = errors_in(problems)
        if errors:
            raise NotPublishable(
                "This version cannot go live yet: "
                + ("one thing has to be mended." if len(errors) == 1 else f"{len(errors)} things have to be mended."),
                hint="`problems` says where.",
                problems=problems,
            )
        paused = journey.versions.filter(status__in=[Status.PAUSED, Status.RESUMING]).first()
        if paused is not None:
            raise IllegalMove(
                f"Version {paused.number} is {paused.get_status_display().lower()}: people may be held in it.",
                hint="Resume or stop it first, then publish.",
                allowed=allowed_from(version.status),
            )
        for predecessor in journey.versions.filter(status=Status.LIVE):
            predecessor.move("supersede", ended_at=now)
            control.close(version_id=predecessor.pk, now=now)
            audit.of_version("version.superseded", predecessor, by=by, now=now, by_version=version.number)
            live.tell(predecessor.pk)
        version.move("publish", published_at=now, published_by=by)
        control.deploy(
            version_id=version.pk,
            sandbox_id=journey.sandbox_id,
            journey_id=journey.pk,
            journey_name=journey.name,
            number=version.number,
            graph=version.graph,
            properties=version.properties,
            by=by.get_username(),
            now=now,
        )
        Journey.objects.filter(pk=journey.pk).update(changed_at=now)
        audit.of_version("version.published", version, by=by, now=now, revision=version.revision)
        live.tell(version.pk)
    return version
