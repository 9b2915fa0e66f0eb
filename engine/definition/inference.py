"""From a sample payload to a JSON Schema, and back: what an author pastes, and what a sender is shown."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engine.definition.world import ENVELOPE, MOST_FIELDS

JsonSchema = dict[str, Any]

MOST_DEPTH = 12
MOST_ELEMENTS = 100  # of a list, looked at to learn what its elements are
# What a tracking call says beside its payload; the rest of it is for the transport.
_CALL = ("properties", "traits", "context", "name", "category", "groupId", "previousId")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)\Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")


def payload_in(sample: object) -> dict[str, Any] | None:
    """The payload that journeys would receive of a pasted sample; None when it is no JSON object.

    Understood are a tracking call (`event`, `userId`, `properties`), a batch of them, an envelope with an `xdmEntity`,
    and a bare object, which is taken for the properties of a tracking call.
    """
    if isinstance(sample, Mapping) and isinstance(sample.get("batch"), list):
        sample = next((item for item in sample["batch"] if isinstance(item, Mapping)), None)
    if not isinstance(sample, Mapping):
        return None
    call: Mapping[str, Any] = sample
    body = call.get("body")
    if isinstance(body, Mapping) and isinstance(body.get("xdmEntity"), Mapping):
        call = body["xdmEntity"]
    if "identityMap" in call or "_experience" in call:
        return {str(name): value for name, value in call.items()}
    if any(name in call for name in ("event", "userId", "anonymousId", "properties", "traits")):
        return {name: call[name] for name in (*_CALL, *ENVELOPE) if name in call}
    return {"properties": dict(call)}


def infer(payload: Mapping[str, Any]) -> JsonSchema:
    """The JSON Schema of a payload. What every event carries anyway is left out; what is null has no type."""
    left = [MOST_FIELDS]
    return _object({name: value for name, value in payload.items() if name not in ENVELOPE}, 0, left)


def sample_of(schema: object) -> dict[str, Any]:
    """A payload that fits the schema, for a sender to copy."""
    found = _sample(schema, 0)
    return found if isinstance(found, dict) else {}


def _infer(value: Any, depth: int, left: list[int]) -> JsonSchema:
    match value:
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer"}
        case float():
            return {"type": "number"}
        case str():
            return {"type": "string", **_format(value)}
        case Mapping() if depth < MOST_DEPTH:
            return _object(value, depth, left)
        case list() if depth < MOST_DEPTH:
            elements: JsonSchema = {}
            for element in value[:MOST_ELEMENTS]:
                found = _infer(element, depth + 1, left)
                elements = _joined(elements, found) if elements else found
            return {"type": "array", **({"items": elements} if elements else {})}
    return {}


def _object(value: Mapping[str, Any], depth: int, left: list[int]) -> JsonSchema:
    properties: JsonSchema = {}
    for name, inner in value.items():
        if left[0] <= 0:
            break
        left[0] -= 1
        properties[str(name)] = _infer(inner, depth + 1, left)
    return {"type": "object", "properties": properties}


def _joined(one: JsonSchema, other: JsonSchema) -> JsonSchema:
    """The schema of what fits either. Kinds that have nothing in common leave it open."""
    if not one or not other:
        return one or other
    kinds = {one.get("type"), other.get("type")}
    if kinds == {"integer", "number"}:
        return {"type": "number"}
    if len(kinds) > 1 or None in kinds:
        return {}
    if kinds == {"object"}:
        first, second = one.get("properties", {}), other.get("properties", {})
        return {
            "type": "object",
            "properties": {name: _joined(first.get(name, {}), second.get(name, {})) for name in {**first, **second}},
        }
    if kinds == {"array"}:
        items = _joined(one.get("items", {}), other.get("items", {}))
        return {"type": "array", **({"items": items} if items else {})}
    return one if one == other else {"type": one["type"]}


def _format(text: str) -> dict[str, str]:
    """Times and days are told from other texts, when they are real ones."""
    try:
        if _TIME.match(text):
            datetime.fromisoformat(text)
            return {"format": "date-time"}
        if _DAY.match(text):
            date.fromisoformat(text)
            return {"format": "date"}
    except ValueError:
        pass
    return {}


def _sample(schema: object, depth: int) -> Any:
    if not isinstance(schema, Mapping) or depth > MOST_DEPTH:
        return None
    for given in ("examples", "enum"):
        if isinstance(schema.get(given), list) and schema[given]:
            return schema[given][0]
    for given in ("default", "const"):
        if given in schema:
            return schema[given]
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((name for name in kind if name != "null"), None)
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        return {
            str(name): _sample(inner, depth + 1)
            for name, inner in list(properties.items())[:MOST_FIELDS]
            if isinstance(inner, Mapping)
        }
    match kind:
        case "string":
            return {"date-time": "2026-01-31T09:30:00Z", "date": "2026-01-31"}.get(str(schema.get("format")), "text")
        case "integer":
            return 1
        case "number":
            return 9.5
        case "boolean":
            return True
        case "array":
            element = _sample(schema.get("items"), depth + 1)
            return [] if element is None else [element]
        case "object":
            return {}
    return None
