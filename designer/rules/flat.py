"""The rule of an event as one list of rows about its payload: what the event pages edit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from designer.rules.operators import NUMBER
from designer.rules.reading import read_tree
from designer.rules.tree import Condition, Group, Join
from designer.rules.writing import written
from engine.expressions import parse_type, tree
from engine.expressions.parsing import parse
from engine.expressions.paths import joined, split_path
from engine.expressions.types import UNKNOWN, Type

Kind = Literal["text", "number", "boolean", "time", "other"]
MOST_ROWS = 50
WITHOUT_VALUE = frozenset({"set", "not_set", "true", "false"})

# What may be asked of a field of each kind, in the order of the list, with the words for it.
_PRESENCE = [("set", "is there"), ("not_set", "is not there")]
OPERATORS: dict[Kind, list[tuple[str, str]]] = {
    "text": [("is", "is"), ("is_not", "is not"), ("contains", "contains"), ("starts", "starts with"),
             ("ends", "ends with"), *_PRESENCE],
    "number": [("is", "is"), ("is_not", "is not"), ("more", "is more than"), ("least", "is at least"),
               ("less", "is less than"), ("most", "is at most"), *_PRESENCE],
    "boolean": [("true", "is true"), ("false", "is false"), *_PRESENCE],
    "time": [("more", "is after"), ("least", "is at or after"), ("less", "is before"),
             ("most", "is at or before"), *_PRESENCE],
    "other": _PRESENCE,
}  # fmt: skip
# A number is whole or not as its value says.
_TYPES: dict[Kind, str] = {
    "text": "string", "number": "number", "boolean": "boolean", "time": "dateTime", "other": "unknown",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Row:
    """One condition: the field's dotted path, what is asked, and the value as it was typed."""

    field: str
    operator: str
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Conditions of which all must be met (and), or one (or)."""

    rows: tuple[Row, ...]
    join: Join = "and"


def kind_of(type_: str) -> Kind:
    """Which operators fit a type of the expression language. An unknown one is treated as text."""
    match type_:
        case "integer" | "decimal":
            return "number"
        case "boolean":
            return "boolean"
        case "dateTime":
            return "time"
        case "string" | "unknown" | "any":
            return "text"
    return "other"


def text_of(rows: Rows, event: str, kinds: Mapping[str, Kind]) -> str:
    """The rows as an expression over the payload of `event`. Rows without a field are left out."""
    conditions = [_condition(row, event, kinds.get(row.field, "text")) for row in rows.rows if row.field]
    return written(Group(join=rows.join, items=tuple(conditions)))


def rows_of(text: str, event: str, kinds: Mapping[str, Kind]) -> Rows | None:
    """The expression as rows, or None when it says something that these rows cannot."""
    root, _ = parse(text)
    if root is None:
        return None
    found = read_tree(text, root, lambda node: _type_of(node, event, kinds))
    if not isinstance(found, Group) or found.negated:
        return None
    rows = [row for item in found.items if isinstance(item, Condition) and (row := _row(item, event, kinds))]
    return Rows(join=found.join, rows=tuple(rows)) if len(rows) == len(found.items) <= MOST_ROWS else None


def value_problem(row: Row, kind: Kind) -> str:
    """Why this row's value cannot be compared with, in a sentence; '' when it can."""
    if not row.value:
        return f"Say what {row.field} is compared with."
    if kind == "number" and not NUMBER.match(row.value):
        return f"{row.field} is a number: compare it with one, such as 100 or 9.5."
    if kind == "time":
        try:
            has_zone = datetime.fromisoformat(row.value).tzinfo is not None
        except ValueError:
            has_zone = False
        if not has_zone:
            return f"{row.field} is a time: compare it with one, such as 2026-01-31T09:30:00Z."
    return ""


def reference(event: str, field: str) -> str:
    """`@event{OrderPlaced.properties."order id"}`: how a field is called in an expression."""
    return f"@event{{{joined([event, *split_path(field)])}}}"


def _condition(row: Row, event: str, kind: Kind) -> Condition:
    values = () if row.operator in WITHOUT_VALUE else (row.value,)
    return Condition(field=reference(event, row.field), type=_TYPES[kind], operator=row.operator, values=values)


def _row(row: Condition, event: str, kinds: Mapping[str, Kind]) -> Row | None:
    """The same condition as a row of an event page, where that has such rows."""
    before = f"@event{{{joined([event])}."
    field = row.field[len(before) : -1]
    if not row.field.startswith(before) or joined(split_path(field)) != field or row.negated or len(row.values) > 1:
        return None
    offered = [operator for operator, _ in OPERATORS[kinds.get(field, "text")]]
    return Row(field=field, operator=row.operator, value="".join(row.values)) if row.operator in offered else None


def _type_of(node: tree.Node, event: str, kinds: Mapping[str, Kind]) -> Type:
    """The type of a reference to the event's payload, as rows see it."""
    if not isinstance(node, tree.Reference) or node.source != "event":
        return UNKNOWN
    names = [segment.text for segment in node.segments if isinstance(segment, tree.Name)]
    kind = kinds.get(joined(names[1:]), "text")
    return Type("number") if kind == "number" else parse_type(_TYPES[kind])
