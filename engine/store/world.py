"""What a sandbox offers to its journeys: the events and rule sets defined in it, and the attributes its people have."""

from django.db import connection

from engine.definition.world import EventShape, World
from engine.expressions.paths import segment
from engine.models import EventDefinition, RuleSet

SAMPLE = 200  # profiles looked at to learn which attributes there are
_TYPES = {"string": "string", "boolean": "boolean", "object": "object"}


def world_of(sandbox_id: int) -> World:
    events = {
        row.name: EventShape(
            name=row.name, namespace=row.namespace, json_schema=row.schema if isinstance(row.schema, dict) else {}
        )
        for row in EventDefinition.objects.filter(sandbox_id=sandbox_id)
    }
    rule_sets = frozenset(RuleSet.objects.filter(sandbox_id=sandbox_id).values_list("name", flat=True))
    return World(events=events, profile_fields=attributes_of(sandbox_id), rule_sets=rule_sets)


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
