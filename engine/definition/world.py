"""What exists around a journey, in its sandbox: events, audiences, rule sets. Given to checks and compiler as data."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.expressions import Schema
from engine.expressions.paths import segment

# Every event carries these, whatever library sent it.
ENVELOPE = {
    "_id": "string",
    "type": "string",
    "event": "string",
    "timestamp": "dateTime",
    "userId": "string",
    "anonymousId": "string",
}
_FORMATS = {"date-time": "dateTime", "date": "dateOnly", "duration": "duration"}
_TYPES = {"string": "string", "integer": "integer", "number": "decimal", "boolean": "boolean"}
MOST_FIELDS = 2_000


@dataclass(frozen=True, kw_only=True)
class EventShape:
    """An event definition as a journey sees it: its key's namespace ('' for none) and its payload's JSON Schema.

    `supplemental`: the namespace of its supplemental id, '' when it has none. `is_business`: it belongs to no person.
    """

    name: str
    namespace: str = ""
    supplemental: str = ""
    is_business: bool = False
    json_schema: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def schema(self) -> Schema:
        """The payload's fields for the expression language."""
        fields = dict(_flat(self.json_schema, ""))
        return Schema({**ENVELOPE, **fields}, closed=self.json_schema.get("additionalProperties") is False)


@dataclass(frozen=True, kw_only=True)
class AudienceShape:
    """An audience as journeys and other audiences see it. `parts`: the audiences that its rule reads.

    `columns`: what an uploaded list says of each of its people, beside who they are; all of them texts.
    """

    name: str
    kind: str = "rule"
    columns: tuple[str, ...] = ()
    parts: frozenset[str] = frozenset()
    is_evaluated: bool = True


@dataclass(frozen=True, kw_only=True)
class JourneyShape:
    """Another journey as jumps see it. `is_open`: people may enter it, or could if it were not paused."""

    id: int
    name: str
    is_open: bool
    start_event: str
    namespace: str = ""
    supplemental: str = ""
    jumps: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class World:
    """`profile_fields`: dotted path -> type, as far as known; other attributes may be used too. `rule_sets`: names.

    `journeys`: the published journeys by id, for a journey with jumps; `journey_id`: which of them it is itself.
    """

    events: Mapping[str, EventShape] = field(default_factory=dict)
    audiences: Mapping[str, AudienceShape] = field(default_factory=dict)
    profile_fields: Mapping[str, str] = field(default_factory=dict)
    rule_sets: frozenset[str] = frozenset()
    journeys: Mapping[int, JourneyShape] = field(default_factory=dict)
    journey_id: int | None = None

    def as_json(self, used: Collection[str], audiences: Collection[str] = ()) -> dict[str, Any]:
        """What a definition keeps of it: the events and audiences that it uses, as they are now."""
        return {
            "audiences": {
                name: {"columns": list(self.audiences[name].columns)}
                for name in sorted(audiences)
                if name in self.audiences
            },
            "events": {
                name: {
                    "namespace": shape.namespace,
                    "supplemental": shape.supplemental,
                    "business": shape.is_business,
                    "schema": dict(shape.json_schema),
                }
                for name, shape in sorted(self.events.items())
                if name in used
            },
        }

    @cached_property
    def profile(self) -> Schema:
        return Schema(dict(self.profile_fields))


def world_in(kept: Mapping[str, Any]) -> World:
    """The world that a definition kept (`World.as_json`)."""
    return World(
        events={
            name: EventShape(
                name=name,
                namespace=found["namespace"],
                supplemental=found.get("supplemental", ""),
                is_business=found.get("business", False),
                json_schema=found["schema"],
            )
            for name, found in kept.get("events", {}).items()
        },
        audiences={
            name: AudienceShape(name=name, columns=tuple(found["columns"]))
            for name, found in kept.get("audiences", {}).items()
        },
    )


def _flat(schema: Mapping[str, Any], path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """(dotted path, type) of every field that a JSON Schema declares. What it says in other ways is left open."""
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or depth > 12:
        return
    for name, inner in list(properties.items())[:MOST_FIELDS]:
        if not isinstance(inner, Mapping) or not isinstance(name, str) or not name:
            continue
        place = f"{path}.{segment(name)}" if path else segment(name)
        declared = _type(inner)
        if declared:
            yield place, declared
        items = inner.get("items") if inner.get("type") == "array" else inner
        if isinstance(items, Mapping):
            yield from _flat(items, place, depth + 1)


def _type(schema: Mapping[str, Any]) -> str | None:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((name for name in kind if name != "null"), None)
    if kind == "string":
        return _FORMATS.get(str(schema.get("format")), "string")
    if kind == "array":
        items = schema.get("items")
        element = _type(items) if isinstance(items, Mapping) else None
        return f"list<{element}>" if element else "list<object>" if isinstance(items, Mapping) else "listAny"
    if kind == "object":
        return "object"
    return _TYPES.get(str(kind))
