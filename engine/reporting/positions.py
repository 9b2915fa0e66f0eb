"""Where people stand, in the words of the canvas."""

from collections.abc import Iterable

from django.db import connection

from engine.activities import all_types
from engine.models import Instance

Place = tuple[int, str]  # version, node


def positions(instances: Iterable[Instance]) -> dict[int, str]:
    """Instance -> the labels of the nodes it stands at; for one that has ended, the node where it ended."""
    found = list(instances)
    standing: dict[int, list[Place]] = {}
    waiting = {(each.version_id, each.node, each.port or "") for each in found if each.ended_at is None}
    listeners = _listeners(waiting)
    for each in found:
        at = listeners.get((each.version_id, each.node, each.port or "")) if each.ended_at is None else None
        standing[each.id] = [(each.version_id, node) for node in at or [each.node]]
    labels = labels_of({place for places in standing.values() for place in places})
    return {
        id: " or ".join(dict.fromkeys(labels.get(place, place[1]) for place in places))
        for id, places in standing.items()
    }


def labels_of(places: set[Place]) -> dict[Place, str]:
    """(version, node) -> what the canvas calls the node. Taken out in the database: a graph may have 4 MB."""
    if not places:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version_id, node ->> 'id', node ->> 'label', node ->> 'type', node -> 'settings' ->> 'event' "
            "FROM engine_definition, jsonb_array_elements(graph -> 'nodes') AS node "
            "WHERE version_id = ANY(%s) AND node ->> 'id' = ANY(%s)",
            [[version for version, _ in places], [node for _, node in places]],
        )
        return {(version, node): label or _face(type, event) for version, node, label, type, event in cursor.fetchall()}


def _listeners(ports: set[tuple[int, str, str]]) -> dict[tuple[int, str, str], list[str]]:
    """(version, node, port) -> the nodes that wait behind the port."""
    if not ports:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version_id, edge -> 'from' ->> 'node', edge -> 'from' ->> 'port', edge ->> 'to' "
            "FROM engine_definition, jsonb_array_elements(graph -> 'edges') AS edge "
            "WHERE version_id = ANY(%s) AND edge -> 'from' ->> 'node' = ANY(%s)",
            [[version for version, _, _ in ports], [node for _, node, _ in ports]],
        )
        found: dict[tuple[int, str, str], list[str]] = {}
        for version, node, port, target in cursor.fetchall():
            found.setdefault((version, node, port), []).append(target)
        return found


def _face(type: str, event: str | None) -> str:
    """What a node without a label is called."""
    activity = all_types().get(type)
    return event or (activity.face.label if activity else type)
