"""Conditions in rows and groups: what the simple editor shows, and what goes over the wire."""

from dataclasses import dataclass
from typing import Any, Literal

Join = Literal["and", "or"]
# The membership in an audience: a row without a field.
AUDIENCE = "audience"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One row. `field`: the reference as an expression writes it; '' while none is chosen.

    `type`: the field's type. Of a field whose type nobody knows, what it is compared as: `string`, `number`, ...
    `values`: what was typed, as it was typed, also while it makes no sense.
    """

    field: str
    type: str
    operator: str
    negated: bool = False
    values: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "field": self.field,
            "type": self.type,
            "operator": self.operator,
            "negated": self.negated,
            "values": list(self.values),
        }


@dataclass(frozen=True, kw_only=True)
class Group:
    """Conditions of which all must be met (and), or one (or); negated: not all, none."""

    join: Join = "and"
    negated: bool = False
    items: tuple["Condition | Group", ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"join": self.join, "negated": self.negated, "items": [item.as_json() for item in self.items]}


def group_in(given: dict[str, Any]) -> Group:
    """The group that `as_json` wrote."""
    return Group(join=given["join"], negated=given["negated"], items=tuple(_item(item) for item in given["items"]))


def _item(given: dict[str, Any]) -> Condition | Group:
    if "items" in given:
        return group_in(given)
    return Condition(**{**given, "values": tuple(given["values"])})
