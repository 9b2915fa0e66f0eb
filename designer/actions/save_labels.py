"""Save labels and descriptions: the only part of a version that may change in every status."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from designer.graphs import accepted, labelled
from designer.models import Version
from designer.payload import measured


def save_labels(
    version: Version,
    *,
    nodes: dict[str, dict[str, str]],
    ends: list[dict[str, Any]] | None,
    by: User,
    now: datetime,
) -> Version:
    """Write the labels into the graph as it stands now. What people walk through (the definition) is not touched."""
    permissions.require(by, "label", version.journey.sandbox_id)
    with transaction.atomic():
        held = Version.objects.select_for_update().get(pk=version.pk)
        graph = accepted(labelled(held.graph, nodes, ends))
        Version.objects.filter(pk=held.pk).update(
            graph=graph, payload_bytes=measured(graph), revision=held.revision + 1, saved_at=now, saved_by=by
        )
        audit.of_version("version.labelled", version, by=by, now=now, nodes=sorted(nodes))
    version.refresh_from_db()
    return version
