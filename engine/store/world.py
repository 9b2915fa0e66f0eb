"""What a sandbox offers to its journeys: events, audiences, rule sets, and the attributes that its people have."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from engine.activities.event import Event
from engine.activities.jump import Jump
from engine.definition.audience import audiences_in
from engine.definition.world import AudienceShape, EventShape, JourneyShape, World, world_in
from engine.expressions.paths import segment
from engine.models import Audience, Definition, EventDefinition, RuleSet

SAMPLE = 200  # profiles looked at to learn which attributes there are
OPEN = (Definition.Status.LIVE, Definition.Status.PAUSED, Definition.Status.RESUMING)
_TYPES = {"string": "string", "boolean": "boolean", "object": "object"}


def world_of(sandbox_id: int) -> World:
    events = {
        row.name: EventShape(
            name=row.name,
            namespace=row.namespace,
            supplemental=row.supplemental_namespace,
            is_business=row.type == EventDefinition.Type.BUSINESS,
            json_schema=row.schema if isinstance(row.schema, dict) else {},
        )
        for row in EventDefinition.objects.filter(sandbox_id=sandbox_id)
    }
    rule_sets = frozenset(RuleSet.objects.filter(sandbox_id=sandbox_id).values_list("name", flat=True))
    return World(
        events=events,
        audiences=audiences_of(sandbox_id),
        profile_fields=attributes_of(sandbox_id),
        rule_sets=rule_sets,
    )


def audiences_of(sandbox_id: int) -> dict[str, AudienceShape]:
    """The audiences of a sandbox, by name."""
    return {
        row.name: AudienceShape(
            name=row.name,
            kind=row.kind,
            columns=tuple(row.columns),
            parts=audiences_in(row.rule),
            is_evaluated=row.evaluated_at is not None,
        )
        for row in Audience.objects.filter(sandbox_id=sandbox_id)
    }


def attributes_of(sandbox_id: int) -> dict[str, str]:
    """Path of an attribute -> type, as the latest people have them. One that holds different types is left open."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attribute.key, jsonb_typeof(attribute.value), bool_and(attribute.value::text ~ '^-?[0-9]+$') "
            "FROM (SELECT attributes FROM engine_profile WHERE sandbox_id = %s AND merged_into IS NULL "
            "ORDER BY updated_at DESC LIMIT %s) AS person, jsonb_each(person.attributes) AS attribute "
            "GROUP BY 1, 2",
            [sandbox_id, SAMPLE],
        )
        found: dict[str, str] = {}
        for name, kind, is_whole in cursor.fetchall():
            if kind == "null" or not name:
                continue
            type_ = _TYPES.get(kind) or (("integer" if is_whole else "decimal") if kind == "number" else "any")
            place = segment(name)
            found[place] = type_ if found.get(place, type_) == type_ else "any"
    return found


def open_journeys(sandbox_id: int) -> dict[int, JourneyShape]:
    """The journeys of a sandbox that people may enter, or could if they were not paused."""
    return _shapes(Definition.objects.filter(sandbox_id=sandbox_id, status__in=OPEN))


def journeys_reached(sandbox_id: int, first: set[int]) -> dict[int, JourneyShape]:
    """These journeys, each as its newest version says, and those into which their jumps lead, and so on."""
    found: dict[int, JourneyShape] = {}
    asked, wanted = set[int](), first
    while wanted:
        asked |= wanted
        newest = Definition.objects.filter(sandbox_id=sandbox_id, journey_id__in=wanted).distinct("journey_id")
        shapes = _shapes(newest.order_by("journey_id", "-deployed_at", "-version_id"))
        found.update(shapes)
        wanted = {journey for shape in shapes.values() for journey in shape.jumps} - asked
    return found


def _shapes(definitions: QuerySet[Definition]) -> dict[int, JourneyShape]:
    return {
        id: _journey(id, name, status, graph, world_in(world))
        for id, name, status, graph, world in definitions.values_list(
            "journey_id", "journey_name", "status", "graph", "world"
        )
    }


def _journey(id: int, name: str, status: str, graph: dict[str, Any], world: World) -> JourneyShape:
    entered = {edge["to"] for edge in graph["edges"]}
    first = next((node for node in graph["nodes"] if node["id"] not in entered), None)
    event = str(first["settings"].get("event", "")) if first and first["type"] == Event.face.kind else ""
    begins = world.events.get(event) or EventShape(name=event)
    return JourneyShape(
        id=id,
        name=name,
        is_open=status in OPEN,
        start_event=event,
        namespace=begins.namespace,
        supplemental=begins.supplemental,
        jumps=frozenset(node["settings"]["journey"] for node in graph["nodes"] if node["type"] == Jump.face.kind),
    )
