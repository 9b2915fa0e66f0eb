"""Everything that is wrong with a version: with itself, and beside the versions before it."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from designer import payload
from designer.models import Version
from designer.states import CURRENT, Status
from engine import control
from engine.models import Sandbox
from engine.problems import Problem


def problems_of(
    version: Version, *, graph: dict[str, Any] | None = None, properties: dict[str, Any] | None = None
) -> list[Problem]:
    """Every problem of a version; with `graph` and `properties`, as they are about to be saved."""
    graph = version.graph if graph is None else graph
    properties = version.properties if properties is None else properties
    found: list[Problem] = control.check(
        sandbox_id=version.journey.sandbox_id, journey_id=version.journey_id, graph=graph, properties=properties,
        at=version.published_at,
    )  # fmt: skip
    large = [] if version.published_at else payload.problems_of(graph)
    return [*found, *_beside_its_predecessor(version, graph, properties), *_one_too_many(version), *large]


def active(sandbox: Sandbox) -> QuerySet[Version]:
    """The versions of the sandbox that may hold people."""
    return Version.objects.filter(journey__sandbox=sandbox, status__in=[*CURRENT, Status.CLOSED])


def most_active(sandbox: Sandbox) -> int:
    """How many of them there may be."""
    most: int = settings.ACTIVE_JOURNEYS
    return most if sandbox.kind == Sandbox.Kind.PRODUCTION else max(1, most // 2)


def _one_too_many(version: Version) -> list[Problem]:
    """A sandbox has so many active versions, closed ones with people inside among them."""
    if version.published_at is not None:
        return []
    sandbox = version.journey.sandbox
    count, most = active(sandbox).count(), most_active(sandbox)
    if count < most:
        return []
    return [
        Problem(
            code="ERR_ACTIVE_JOURNEYS",
            message=f"{count:,} versions are active in this sandbox, and {most:,} may be.",
            hint="Stop a version that nobody needs any more, or ask for a higher ACTIVE_JOURNEYS.",
        )
    ]


def _beside_its_predecessor(version: Version, graph: dict[str, Any], properties: dict[str, Any]) -> list[Problem]:
    """People who left one version may come again, into the next: by the same rule, and in the same way."""
    if version.published_at is not None:
        return []  # it was held to it when it was published
    published = version.journey.versions.filter(published_at__isnull=False).exclude(pk=version.pk)
    before = published.order_by("-major", "-minor").first()
    if before is None:
        return []
    found = []
    old, new = (bool(one.get("reentrance", True)) for one in (before.properties, properties))
    if old != new:
        found.append(
            Problem(
                code="ERR_VERSION_REENTRANCE",
                message=f"Re-entrance is the same in all versions of a journey: {before.number} "
                f"{'allows' if old else 'does not allow'} it, {version.number} {'does' if new else 'does not'}.",
                hint=f"Set it as in version {before.number}, or duplicate the journey.",
                field="reentrance",
            )
        )
    first, now = (control.begins_with(one) for one in (before.graph, graph))
    if first and now and first != now:
        found.append(
            Problem(
                code="ERR_VERSION_START",
                message=f"A journey begins in the same way in all of its versions: {before.number} with "
                f"{first}, {version.number} with {now}.",
                hint="Begin as before, or duplicate the journey.",
            )
        )
    return found
