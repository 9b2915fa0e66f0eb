"""Rows -> text. The canvas writes the same, also without a network: graph/writing.ts. One list of pairs holds both."""

from dataclasses import replace

from designer.rules import happenings
from designer.rules.operators import ASKED, CALLED, COMPARED, CONVERTED, NUMBER, SIZES, UNITS, compared_as, kind_of
from designer.rules.tree import AUDIENCE, Condition, Group
from engine.expressions.paths import quoted

# What these write is one call, or stands in parentheses already.
_CLOSED = {*CALLED, *ASKED, "one_of", "includes", "last", "next", "between", "in_audience"}


def written(group: Group) -> str:
    """The group as an expression. Rows without a field are left out; '' when nothing is left."""
    return _group(group, is_inner=False)


def _group(group: Group, *, is_inner: bool) -> str:
    if group.about is not None:
        where = replace(group, about=None)
        # Beside the window, alternatives stand in parentheses.
        return happenings.written(group.about, _group(where, is_inner=bool(group.about.window) and group.join == "or"))
    parts = [text for item in group.items if (text := _item(item))]
    text = f" {group.join} ".join(parts)
    if not text:
        return ""
    if group.negated:
        return f"not ({text})"
    return f"({text})" if is_inner and len(parts) > 1 else text


def _item(item: Condition | Group) -> str:
    if isinstance(item, Group):
        return _group(item, is_inner=True)
    if not item.field and item.type != AUDIENCE:
        return ""
    text = _condition(item)
    if not item.negated:
        return text
    return f"not {text}" if item.operator in _CLOSED else f"not ({text})"


def _condition(row: Condition) -> str:
    field, operator, kind = row.field, row.operator, kind_of(row.type)
    values = [_constant(value, row) for value in row.values]
    first = values[0] if values else _constant("", row)
    match operator:
        case "set":
            return f"{field} is not null"
        case "not_set":
            return f"{field} is null"
        case "true" | "false":
            return f"{field} == {operator}"
        case "in_audience":
            return f"inAudience({quoted(row.values[0] if row.values else '')})"
        case "empty" | "not_empty":
            return f"{ASKED[operator]}({field})"
        case "one_of":
            return f"in({field}, {_list(row)})"
        case "includes":
            return f"in({_element(row.values[0] if row.values else '', row)}, {field})"
        case "includes_any":
            return f"listSize(intersect({field}, {_list(row)})) > 0"
        case "has":
            return f"listSize({field}) > 0"
        case "last" | "next":
            unit = (row.values[1] if len(row.values) > 1 else "days").capitalize()
            unit = unit if unit in UNITS else "Days"
            return f"in{operator.capitalize()}{unit}({field}, {_number(row.values[0] if row.values else '')})"
        case "between":
            last = values[1] if len(values) > 1 else _constant("", row)
            return f"({_ordered(field, kind)} >= {first} and {_ordered(field, kind)} <= {last})"
    if operator in SIZES:
        return f"listSize({field}) {SIZES[operator]} {first}"
    if operator in CALLED:
        return f"{CALLED[operator]}({field}, {first})"
    sign = COMPARED.get(operator, "==")
    return f"{field if sign in ('==', '!=') else _ordered(field, kind)} {sign} {first}"


def _ordered(field: str, kind: str) -> str:
    """The field where it is compared by order: dates have one only as the midnights they begin with."""
    return f"toDateTimeOnly({field})" if kind == "day" else field


def _constant(value: str, row: Condition) -> str:
    """What is no number, or no time, stays text: the row says that it does not fit."""
    kind = compared_as(kind_of(row.type), row.operator)
    if kind == "number":
        return _number(value)
    if kind == "day" and row.operator not in ("is", "is_not"):
        kind = "local"
    return f"{CONVERTED[kind]}({quoted(value)})" if kind in CONVERTED else quoted(value)


def _number(value: str) -> str:
    return value if NUMBER.match(value) else quoted(value)


def _list(row: Condition) -> str:
    """The values as a list. All of one type: numbers have a fraction when one of them has, or the field may."""
    if compared_as(kind_of(row.type), row.operator) != "number":
        return f"[{', '.join(map(quoted, row.values))}]"
    is_decimal = _is_decimal(row) or any("." in value for value in row.values if NUMBER.match(value))
    return f"[{', '.join(_in_list(value, is_decimal) for value in row.values)}]"


def _element(value: str, row: Condition) -> str:
    if compared_as(kind_of(row.type), row.operator) != "number":
        return quoted(value)
    return _in_list(value, _is_decimal(row))


def _in_list(value: str, is_decimal: bool) -> str:
    return f"{value}.0" if is_decimal and NUMBER.match(value) and "." not in value else _number(value)


def _is_decimal(row: Condition) -> bool:
    return row.type in ("decimal", "list<decimal>")
