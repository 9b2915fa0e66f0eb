"""JSON objects put together from fields that an author names: the body of a call, the payload of an event."""

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from engine.activities.json_values import in_json
from engine.expressions import Facts


class BodyField(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(
        title="Field",
        pattern=r"^[^.$\s][^.\s]{0,99}(\.[^.$\s][^.\s]{0,99}){0,7}$",
        json_schema_extra={"x-placeholder": "order.total"},
    )
    value: str = Field(
        title="Value",
        description='A constant such as "web" or 42, or an expression.',
        json_schema_extra={"format": "expression", "x-expect": "any"},
    )


def nested(fields: Iterable[tuple[list[str], Callable[[Facts], Any]]], facts: Facts) -> dict[str, Any]:
    """A JSON object from dotted names. What is null is left out."""
    body: dict[str, Any] = {}
    for path, value in fields:
        found = value(facts)
        if found is None:
            continue
        place = body
        for name in path[:-1]:
            inner = place.setdefault(name, {})
            if not isinstance(inner, dict):  # a shorter name stood here: the longer one replaces it
                inner = place[name] = {}
            place = inner
        place[path[-1]] = in_json(found)
    return body
