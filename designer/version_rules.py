"""Everything that is wrong with a version: with itself, and beside the versions before it."""

from typing import Any

from designer.models import Version
from engine import control
from engine.problems import Problem


def problems_of(
    version: Version, *, graph: dict[str, Any] | None = None, properties: dict[str, Any] | None = None
) -> list[Problem]:
    """Every problem of a version; with `graph` and `properties`, as they are about to be saved."""
    graph = version.graph if graph is None else graph
    properties = version.properties if properties is None else properties
    found: list[Problem] = control.check(sandbox_id=version.journey.sandbox_id, graph=graph, properties=properties)
    return [*found, *_beside_its_predecessor(version, graph, properties)]


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
