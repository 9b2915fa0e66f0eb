"""The rule of an event as rows that a person can fill in, and as the expression that the engine reads.

    total  is more than  100          @event{OrderPlaced.properties.total} > 100
    city   contains      par    ->    and contain(@event{OrderPlaced.properties.city}, "par")

Not every expression fits into rows; those that do not are edited as text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal

from engine.expressions import tree
from engine.expressions.parsing import parse
from engine.expressions.paths import joined, quoted, split_path

Join = Literal["and", "or"]
Kind = Literal["text", "number", "boolean", "time", "other"]
MOST_ROWS = 50

COMPARED = {"is": "==", "is_not": "!=", "more": ">", "least": ">=", "less": "<", "most": "<="}
CALLED = {"contains": "contain", "starts": "startWith", "ends": "endWith"}
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
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?\Z")


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
    written = [_written(row, event, kinds.get(row.field, "text")) for row in rows.rows if row.field]
    return f" {rows.join} ".join(written)


def rows_of(text: str, event: str, kinds: Mapping[str, Kind]) -> Rows | None:
    """The expression as rows, or None when it says something that rows cannot."""
    root, _ = parse(text)
    if root is None:
        return None
    root = tree.bare(root)
    join: Join = "and"
    parts: tuple[tree.Node, ...] = (root,)
    if isinstance(root, tree.Logic):
        join, parts = root.operator, root.operands
    rows = [row for part in parts if (row := _row(tree.bare(part), event, kinds))]
    return Rows(join=join, rows=tuple(rows)) if len(rows) == len(parts) <= MOST_ROWS else None


def renamed(text: str, old: str, new: str) -> str:
    """The expression about the same event under its new name. What cannot be read stays as it is."""
    root, _ = parse(text)
    if root is None:
        return text
    places = {
        (first.start, first.end)
        for node, _ in tree.walk(root)
        if isinstance(node, tree.Reference) and node.source == "event"
        for first in node.segments[:1]
        if isinstance(first, tree.Name) and first.text == old
    }
    for start, end in sorted(places, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def value_problem(row: Row, kind: Kind) -> str:
    """Why this row's value cannot be compared with, in a sentence; '' when it can."""
    if not row.value:
        return f"Say what {row.field} is compared with."
    if kind == "number" and not _NUMBER.match(row.value):
        return f"{row.field} is a number: compare it with one, such as 100 or 9.5."
    if kind == "time":
        try:
            has_zone = datetime.fromisoformat(row.value).tzinfo is not None
        except ValueError:
            has_zone = False
        if not has_zone:
            return f"{row.field} is a time: compare it with one, such as 2026-01-31T09:30:00Z."
    return ""


def are_same(one: str, other: str) -> bool:
    """Whether two expressions say the same, however they are spaced and quoted."""
    if one == other:
        return True
    first, second = parse(one)[0], parse(other)[0]
    return first is not None and second is not None and _meaning(first) == _meaning(second)


def reference(event: str, field: str) -> str:
    """`@event{OrderPlaced.properties."order id"}`: how a field is called in an expression."""
    return f"@event{{{joined([event, *split_path(field)])}}}"


def _meaning(node: tree.Node) -> tuple[object, ...]:
    """The tree without the places in the text. The parser bounds its depth."""
    node = tree.bare(node)
    said: list[object] = [type(node)]
    for part in fields(node):
        value = getattr(node, part.name)
        if part.name in ("start", "end"):
            continue
        if isinstance(value, tree.Node):
            said.append(_meaning(value))
        elif isinstance(value, tuple):
            said.append(tuple(_meaning(item) for item in value))
        else:
            said.append((type(value), value))
    return tuple(said)


def _written(row: Row, event: str, kind: Kind) -> str:
    field = reference(event, row.field)
    match row.operator:
        case "set":
            return f"{field} is not null"
        case "not_set":
            return f"{field} is null"
        case "true" | "false":
            return f"{field} == {row.operator}"
    value = _value(row.value, kind)
    if row.operator in CALLED:
        return f"{CALLED[row.operator]}({field}, {value})"
    return f"{field} {COMPARED.get(row.operator, '==')} {value}"


def _value(value: str, kind: Kind) -> str:
    """A constant. What is no number, or no time, stays text: the check then says that it does not fit."""
    if kind == "number" and _NUMBER.match(value):
        return value
    if kind == "time":
        return f"toDateTime({quoted(value)})"
    return quoted(value)


def _row(node: tree.Node, event: str, kinds: Mapping[str, Kind]) -> Row | None:
    """One condition, if a row can say it: then `_written` says the same again."""
    row: Row | None = None
    match node:
        case tree.IsNull(operand=operand, negated=negated):
            row = Row(field=_field(operand, event), operator="set" if negated else "not_set")
        case tree.Call(name=name, arguments=(first, second)):
            asked = next((asked for asked, function in CALLED.items() if function == name), "")
            row = _valued(_field(first, event), asked, second, kinds)
        case tree.Comparison(operator=operator, left=left, right=right):
            asked = next(asked for asked, sign in COMPARED.items() if sign == operator)
            row = _valued(_field(left, event), asked, right, kinds)
    if row is None or not row.field:
        return None
    offered = OPERATORS[kinds.get(row.field, "text")]
    return row if any(row.operator == operator for operator, _ in offered) else None


def _valued(field: str, asked: str, node: tree.Node, kinds: Mapping[str, Kind]) -> Row | None:
    """A row with a constant, if the constant is of the field's kind."""
    kind = kinds.get(field, "text")
    node = tree.bare(node)
    if kind == "time":
        if not isinstance(node, tree.Call) or node.name != "toDateTime" or len(node.arguments) != 1:
            return None
        node = tree.bare(node.arguments[0])
    if not isinstance(node, tree.Literal):
        return None
    match node.value:
        case bool() if kind == "boolean" and asked == "is":
            return Row(field=field, operator=str(node.value).lower())
        case int() if kind == "number" and not isinstance(node.value, bool):
            return Row(field=field, operator=asked, value=str(node.value))
        case float() if kind == "number" and "e" not in str(node.value):
            return Row(field=field, operator=asked, value=str(node.value))
        case str() if kind in ("text", "time"):
            return Row(field=field, operator=asked, value=node.value)
    return None


def _field(node: tree.Node, event: str) -> str:
    """The dotted path of a plain reference to the event's payload; '' for anything else."""
    node = tree.bare(node)
    if not isinstance(node, tree.Reference) or node.source != "event" or node.default or node.params:
        return ""
    names = [segment.text for segment in node.segments if isinstance(segment, tree.Name)]
    if len(names) < len(node.segments) or len(names) < 2 or names[0] != event:
        return ""
    return joined(names[1:])
