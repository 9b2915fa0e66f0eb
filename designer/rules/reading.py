"""Text -> rows, or the reason why rows cannot say it, with its place."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from designer.rules import happenings
from designer.rules.operators import (
    ASKED,
    CALLED,
    COMPARED,
    CONVERTED,
    NUMBER,
    OFFERED,
    OPPOSITES,
    SIZES,
    UNITS,
    compared_as,
    kind_of,
)
from designer.rules.tree import AUDIENCE, Condition, Group
from engine.expressions import Scope, check, to_json, tree
from engine.expressions.paths import quoted, segment
from engine.expressions.problems import problem_at
from engine.expressions.types import UNKNOWN, Type

# How many rows there are, and how many groups within each other, below the outermost.
MOST = 100
DEEPEST = 8
TypeOf = Callable[[tree.Node], Type]

_SOURCES = {
    "event": "@event", "source": "#", "action": "@action", "lookup": "@datasetLookup", "decision": "@decision",
}  # fmt: skip
_SIGNS = {sign: operator for operator, sign in COMPARED.items()}
_SIZE_SIGNS = {sign: operator for operator, sign in SIZES.items()}
_FUNCTIONS = {name: operator for operator, name in (CALLED | ASKED).items()}
_WINDOWS = {f"in{way.capitalize()}{unit}": (way, unit.lower()) for way in ("last", "next") for unit in UNITS}
# What a constant says about a field of which nobody knows the type.
_TELLS = {"toDateTime": "dateTime", "toDateTimeOnly": "dateTimeOnly", "toDateOnly": "dateOnly"}


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why rows cannot say it: a sentence, and the part of the text that it is about."""

    message: str
    start: int
    end: int
    line: int
    column: int

    def as_json(self) -> dict[str, Any]:
        return {
            "message": self.message, "from": self.start, "to": self.end, "line": self.line, "column": self.column,
        }  # fmt: skip


class _NoRow(Exception):
    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start, self.end = start, end


def read(text: str, scope: Scope) -> Group | Reason:
    """The rows that say the same as the text, at a place with these names; no text is no rows."""
    if not text.strip():
        return Group()
    checked = check(text, scope)
    if checked.tree is None:
        wrong = checked.problems[0]
        return Reason(message=wrong.message, start=wrong.start, end=wrong.end, line=wrong.line or 1,
                      column=wrong.column or 1)  # fmt: skip
    return read_tree(text, checked.tree, lambda node: checked.notes.types.get(node, UNKNOWN))


def read_tree(text: str, root: tree.Node, type_of: TypeOf) -> Group | Reason:
    """The same for a tree; `type_of`: the type of a reference in it."""
    try:
        found = _Reader(text, type_of).item(root, depth=0)
    except _NoRow as no:
        place = problem_at(text, "syntax", no.start, no.end, str(no))
        return Reason(message=str(no), start=place.start, end=place.end, line=place.line or 1,
                      column=place.column or 1)  # fmt: skip
    return found if isinstance(found, Group) and found.about is None else Group(items=(found,))


class _Reader:
    def __init__(self, text: str, type_of: TypeOf) -> None:
        self.text = text
        self.type_of = type_of
        self.count = 0
        self.is_inside = False  # of the conditions about the occurrences of an event

    def said(self, node: tree.Node) -> str:
        """The node as it is written, shortened."""
        words = " ".join(self.text[node.start : node.end].split())
        return words if len(words) <= 60 else f"{words[:57]}..."

    # --- Groups -----------------------------------------------------------------------------------------------------

    def item(self, node: tree.Node, depth: int) -> Condition | Group:
        """What stands between two joins: a row, or a group in parentheses."""
        negated = False
        inner = tree.bare(node)
        is_enclosed = inner is not node
        while isinstance(inner, tree.Not):
            negated = not negated
            is_enclosed = is_enclosed or isinstance(inner.operand, tree.Group)
            inner = tree.bare(inner.operand)
        if not isinstance(inner, tree.Logic):
            happened = self.happening(inner, negated, depth)
            return happened or self.negated(self.condition(inner), negated)
        if is_enclosed and (between := self.between(inner)):
            return self.negated(between, negated)
        if depth > DEEPEST:
            raise _no(f"The groups nest more than {DEEPEST} levels deep.", inner)
        items = tuple(self.item(operand, depth + 1) for operand in inner.operands)
        return Group(join=inner.operator, negated=negated, items=items)

    def happening(self, node: tree.Node, negated: bool, depth: int) -> Group | None:
        """What it says of an event that happened; None when it speaks of something else."""
        if self.is_inside:
            return None
        self.is_inside = True
        try:
            found = happenings.read(
                node, lambda number: self.constant(number, "number"), lambda one: self.item(one, depth),
                lambda all_: Group(items=tuple(self.item(one, depth + 1) for one in all_)),
            )  # fmt: skip
        finally:
            self.is_inside = False
        if found is None or found.about is None:
            return None
        self.counted()
        if not negated:
            return found
        opposite = happenings.OPPOSITES.get(found.about.operator)
        if opposite is None:
            raise _no(f"`not {self.said(node)}` cannot be shown as a row.", node)
        return replace(found, about=replace(found.about, operator=opposite))

    def counted(self) -> None:
        self.count += 1
        if self.count > MOST:
            raise _NoRow(f"It holds more than {MOST} conditions.", 0, len(self.text))

    def negated(self, row: Condition, negated: bool) -> Condition:
        self.counted()
        if not negated:
            return row
        if row.operator in OPPOSITES:
            return replace(row, operator=OPPOSITES[row.operator])
        return replace(row, negated=not row.negated)

    def between(self, node: tree.Logic) -> Condition | None:
        """`(a >= 1 and a <= 5)` as one row."""
        if node.operator != "and" or len(node.operands) != 2:
            return None
        low, high = (tree.bare(operand) for operand in node.operands)
        if not (isinstance(low, tree.Comparison) and isinstance(high, tree.Comparison)):
            return None
        if (low.operator, high.operator) != (">=", "<="):
            return None
        first, last = self.condition(low), self.condition(high)
        if (first.field, first.type) != (last.field, last.type) or first.operator != "least":
            return None
        return replace(first, operator="between", values=(*first.values, *last.values))

    # --- Rows -------------------------------------------------------------------------------------------------------

    def condition(self, node: tree.Node) -> Condition:
        match node:
            case tree.IsNull(operand=operand, negated=negated):
                field, type_ = self.field(operand)
                return Condition(field=field, type=type_ or "unknown", operator="set" if negated else "not_set")
            case tree.Comparison():
                return self.comparison(node)
            case tree.Call():
                return self.call(node)
            case tree.Reference() | tree.Property() | tree.Loop():
                field, type_ = self.field(node)
                if type_ not in ("boolean", ""):
                    raise _no(f"`{self.said(node)}` is of type {type_}, and compared with nothing.", node)
                return Condition(field=field, type="boolean", operator="true")
            case tree.Conditional():
                raise _no("`if` cannot be shown as a row.", node)
            case tree.HasNull() | tree.IsKind():
                words = "has null" if isinstance(node, tree.HasNull) else f"is {node.kind}"
                raise _no(f"`{words}` cannot be shown as a row.", node)
            case tree.Arithmetic(operator=operator):
                raise _no(f"A calculation with `{operator}` cannot be shown as a row.", node)
            case _:
                raise _no(f"`{self.said(node)}` alone cannot be shown as a row.", node)

    def comparison(self, node: tree.Comparison) -> Condition:
        left, right = tree.bare(node.left), tree.bare(node.right)
        if isinstance(left, tree.Literal) and not isinstance(right, tree.Literal):
            raise _no("A row begins with the field: the field stands on the right here.", node)
        if isinstance(left, tree.Call) and left.name == "listSize" and len(left.arguments) == 1:
            return self.size(node, tree.bare(left.arguments[0]), right)
        is_day = False
        if isinstance(left, tree.Call) and left.name == "toDateTimeOnly" and len(left.arguments) == 1:
            inner = tree.bare(left.arguments[0])
            is_day = isinstance(inner, tree.Reference | tree.Loop) and str(self.type_of(inner)) == "dateOnly"
            left = inner if is_day else left
        field, type_ = self.field(left)
        type_ = type_ or self.told_by(right)
        kind, operator = kind_of(type_), _SIGNS[node.operator]
        if kind == "boolean" and isinstance(right, tree.Literal) and isinstance(right.value, bool):
            row = Condition(field=field, type=type_, operator=str(right.value).lower())
            if operator == "is_not":
                return replace(row, negated=True)
            if operator == "is":
                return row
        if operator not in OFFERED[kind] or is_day != (kind == "day" and operator not in ("is", "is_not")):
            raise _no(f"`{node.operator}` with a field of type {type_} cannot be shown as a row.", node)
        constants = "local" if is_day else kind
        return Condition(field=field, type=type_, operator=operator, values=(self.constant(right, constants),))

    def size(self, node: tree.Comparison, list_: tree.Node, right: tree.Node) -> Condition:
        """`listSize(...)` beside a number."""
        is_zero = isinstance(right, tree.Literal) and right.value == 0 and not isinstance(right.value, bool)
        if isinstance(list_, tree.Call) and list_.name == "intersect" and len(list_.arguments) == 2:
            chosen = tree.bare(list_.arguments[1])
            if node.operator == ">" and is_zero and isinstance(chosen, tree.ListLiteral):
                field, type_ = self.list_field(list_.arguments[0], chosen.items)
                values = self.constants(chosen, type_)
                return Condition(field=field, type=type_, operator="includes_any", values=values)
            raise _no(f"`{self.said(node)}` cannot be shown as a row.", node)
        field, type_ = self.list_field(list_, ())
        if node.operator == ">" and is_zero:
            return Condition(field=field, type=type_, operator="has")
        if node.operator not in _SIZE_SIGNS:
            raise _no(f"`{node.operator}` with the size of a list cannot be shown as a row.", node)
        operator = _SIZE_SIGNS[node.operator]
        return Condition(field=field, type=type_, operator=operator, values=(self.constant(right, "number"),))

    def call(self, node: tree.Call) -> Condition:
        arguments = [tree.bare(argument) for argument in node.arguments]
        match node.name, arguments:
            case (("inAudience" | "inSegment"), [tree.Literal(value=str() as name)]):
                return Condition(field="", type=AUDIENCE, operator="in_audience", values=(name,))
            case "in", [field, tree.ListLiteral() as chosen]:
                name, type_ = self.field(field)
                type_ = type_ or (self.told_by(chosen.items[0]) if chosen.items else "string")
                self.require(node, type_, "one_of")
                return Condition(field=name, type=type_, operator="one_of", values=self.constants(chosen, type_))
            case "in", [tree.Literal() as value, field]:
                name, type_ = self.list_field(field, (value,))
                self.require(node, type_, "includes")
                (shown,) = self.constants(tree.ListLiteral(value.start, value.end, (value,)), type_)
                return Condition(field=name, type=type_, operator="includes", values=(shown,))
        if node.name in _FUNCTIONS and len(arguments) == (1 if node.name in ASKED.values() else 2):
            operator = _FUNCTIONS[node.name]
            field, type_ = self.field(arguments[0])
            type_ = type_ or "string"
            self.require(node, type_, operator)
            values = tuple(self.constant(value, "text") for value in arguments[1:])
            return Condition(field=field, type=type_, operator=operator, values=values)
        if node.name in _WINDOWS and len(arguments) == 2:
            operator, unit = _WINDOWS[node.name]
            field, type_ = self.field(arguments[0])
            type_ = type_ or "dateTime"
            self.require(node, type_, operator)
            return Condition(
                field=field, type=type_, operator=operator, values=(self.constant(arguments[1], "number"), unit)
            )
        raise _no(f"`{node.name}` cannot be shown as a row.", node)

    def require(self, node: tree.Call, type_: str, operator: str) -> None:
        """Rows offer this operator for a field of this type."""
        if operator not in OFFERED[kind_of(type_)]:
            raise _no(f"`{node.name}` with a field of type {type_} cannot be shown as a row.", node)

    # --- Fields and constants ---------------------------------------------------------------------------------------

    def field(self, node: tree.Node) -> tuple[str, str]:
        """The reference as rows write it, and its type: '' when nobody knows it."""
        node = tree.bare(node)
        if isinstance(node, tree.Call):
            raise _no(f"`{node.name}` cannot be shown as a row.", node)
        if isinstance(node, tree.Loop) and not self.is_inside:
            raise _no(f"`{node.variable}` cannot be shown as a row.", node)
        if not isinstance(node, tree.Reference | tree.Property | tree.Loop):
            raise _no(f"`{self.said(node)}` is no field: a row begins with one.", node)
        found = self.type_of(node)
        type_ = "" if found == UNKNOWN else str(found)
        if isinstance(node, tree.Property):
            return f"${{{node.name}}}", type_
        if isinstance(node, tree.Loop):
            return ".".join([node.variable, *(self.step(one) for one in node.segments)]), type_
        if node.default is not None:
            raise _no("A default value cannot be shown in a row.", node.default)
        if node.params:
            raise _no("The parameters of a data source cannot be shown in a row.", node)
        path = ".".join(self.step(one) for one in node.segments)
        return f"{_SOURCES[node.source]}{{{path}}}", type_

    def list_field(self, node: tree.Node, items: tuple[tree.Node, ...]) -> tuple[str, str]:
        """The same for a list; `items`: constants that it is compared with."""
        field, type_ = self.field(node)
        if type_:
            return field, type_
        told = self.told_by(items[0]) if items else "unknown"
        return field, f"list<{told}>"

    def step(self, one: tree.Name | tree.Method) -> str:
        if isinstance(one, tree.Name):
            return segment(one.text)
        arguments = [tree.bare(argument) for argument in one.arguments]
        match arguments:
            case []:
                return f"{one.name}()"
            case [tree.Literal(value=str() as key)]:
                return f"{one.name}({quoted(key)})"
            case [tree.Literal(value=int() as index)]:
                return f"{one.name}({index})"
        raise _no(f"The condition inside `{one.name}(...)` cannot be shown in a row.", one)

    def told_by(self, node: tree.Node) -> str:
        """What a constant says about the type of the field that it is compared with."""
        node = tree.bare(node)
        match node:
            case tree.Call(name=name) if name in _TELLS:
                return _TELLS[name]
            case tree.Literal(value=bool()):
                return "boolean"
            case tree.Literal(value=int() | float()):
                return "number"
            case tree.Literal(value=datetime()):
                return str(node.type)
        return "string"

    def constants(self, node: tree.ListLiteral, type_: str) -> tuple[str, ...]:
        kind = compared_as(kind_of(type_), "one_of")
        values = tuple(self.constant(item, kind) for item in node.items)
        if kind != "number":
            return values
        # In a list of decimals every number has a fraction: one that says nothing is the writer's.
        has_fraction = any("." in value and not value.endswith(".0") for value in values)
        is_decimal = type_ in ("decimal", "list<decimal>") or has_fraction
        return tuple(value.removesuffix(".0") for value in values) if is_decimal else values

    def constant(self, node: tree.Node, kind: str) -> str:
        """The constant as a person would type it."""
        node = tree.bare(node)
        if isinstance(node, tree.Literal) and isinstance(node.value, datetime):
            if kind == ("time" if node.value.tzinfo else "local"):
                value = node.value.astimezone(UTC) if node.value.tzinfo else node.value
                return str(to_json(value))
        elif kind in CONVERTED and isinstance(node, tree.Call) and node.name == CONVERTED[kind]:
            if len(node.arguments) == 1:
                inner = tree.bare(node.arguments[0])
                if isinstance(inner, tree.Literal) and isinstance(inner.value, str):
                    return inner.value
        elif isinstance(node, tree.Literal):
            if isinstance(node.value, str) and (kind == "text" or (kind == "number" and not NUMBER.match(node.value))):
                return node.value
            written = self.text[node.start : node.end]
            if isinstance(node.value, int | float) and kind == "number" and NUMBER.match(written):
                return written
        if isinstance(node, tree.Reference | tree.Property | tree.Loop):
            raise _no("A row compares a field with a value, not with another field.", node)
        raise _no(f"`{self.said(node)}` cannot be shown as the value of a row.", node)


def _no(message: str, node: tree.Node) -> _NoRow:
    return _NoRow(message, node.start, node.end)
