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
class Happening:
    """That an event happened to the person: whether, how often, or what a field of it came to.

    `event`: the name of its definition. `amount`: what the number, or the sum, is compared with, as it was typed.
    `of`: of a sum, the path of the field. `window`: (amount, unit) of time back from now; () for ever.
    """

    event: str
    operator: str
    amount: str = ""
    of: str = ""
    window: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "event": self.event,
            "operator": self.operator,
            "amount": self.amount,
            "of": self.of,
            "window": list(self.window),
        }


@dataclass(frozen=True, kw_only=True)
class Group:
    """Conditions of which all must be met (and), or one (or); negated: not all, none.

    `about`: it speaks of an event, and its items are the conditions that each occurrence of it must meet to count.
    """

    join: Join = "and"
    negated: bool = False
    items: tuple["Condition | Group", ...] = ()
    about: Happening | None = None

    def as_json(self) -> dict[str, Any]:
        shown = {"join": self.join, "negated": self.negated, "items": [item.as_json() for item in self.items]}
        return shown if self.about is None else {**shown, "about": self.about.as_json()}


def group_in(given: dict[str, Any]) -> Group:
    """The group that `as_json` wrote."""
    about = given.get("about")
    return Group(
        join=given["join"], negated=given["negated"], items=tuple(_item(item) for item in given["items"]),
        about=None if about is None else Happening(**{**about, "window": tuple(about["window"])}),
    )  # fmt: skip


def _item(given: dict[str, Any]) -> Condition | Group:
    if "items" in given:
        return group_in(given)
    return Condition(**{**given, "values": tuple(given["values"])})
