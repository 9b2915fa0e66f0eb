"""Operators in SQL: comparisons, arithmetic, the text of a value."""

from decimal import Decimal
from typing import TYPE_CHECKING, cast

from engine.expressions import tree
from engine.expressions.to_sql import lists, paths
from engine.expressions.to_sql.pieces import FALSE, Scalar, as_text, compared_moment, definite, predicate, sql_type
from engine.expressions.tree import Node, bare
from engine.expressions.types import (
    BOOLEAN,
    DECIMAL,
    DURATION,
    INTEGER,
    STRING,
    UNKNOWN,
    Type,
)
from engine.expressions.types import NULL as NULL_TYPE

if TYPE_CHECKING:
    from engine.expressions.to_sql.writing import Writer

_INTEGER_ARITHMETIC = {
    "+": "engine_expression_whole({} + {})",
    "-": "engine_expression_whole({} - {})",
    "*": "engine_expression_whole({} * {})",
    "/": "engine_expression_quotient({}, {})",
    "%": "engine_expression_remainder({}, {})",
}
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_DECIMAL_ARITHMETIC = {
    "+": "engine_expression_add({}, {})",
    "-": "engine_expression_add({}, -({}))",
    "*": "engine_expression_multiply({}, {})",
    "/": "engine_expression_divide({}, {})",
}


# --- Comparison ------------------------------------------------------------------------------------------------------


def comparison(writer: "Writer", node: tree.Comparison) -> Scalar:
    left, right = bare(node.left), bare(node.right)
    if node.operator in ("==", "!="):
        found = _equality(writer, node, left, right)
        if node.operator == "!=":
            return definite(f"(NOT {found.text})")
        return found
    types = [writer.types[left], writer.types[right]]
    if NULL_TYPE in types:
        return FALSE
    for operand, type_ in zip((left, right), types, strict=True):
        if type_ == UNKNOWN:
            return writer.undeclared(operand)
    return lists.short_count(writer, node) or predicate(_compared(writer, node.operator, left, right))


def _compared(writer: "Writer", operator: str, left: Node, right: Node) -> str:
    """Two numbers or two moments, compared; NULL for null."""
    types = writer.types[left], writer.types[right]
    one, two = writer.scalar(left), writer.scalar(right)
    mirrored = _MIRRORED.get(operator, operator)
    if one.moment is not None and two.is_constant:
        return f"({compared_moment(one.moment, operator, two.text)})"
    if two.moment is not None and one.is_constant:
        return f"({compared_moment(two.moment, mirrored, one.text)})"
    if types[0] == types[1]:
        return f"({one.text} {operator} {two.text})"
    if types == (DECIMAL, INTEGER):
        return _mixed(writer, mirrored, two, one)
    return _mixed(writer, operator, one, two)


def _mixed(writer: "Writer", operator: str, integer: Scalar, decimal: Scalar) -> str:
    """An integer and a decimal, compared without rounding either."""
    if integer.is_constant and isinstance(integer.constant, int):
        as_float = float(integer.constant)
        if as_float == integer.constant:
            return f"({writer.bind(as_float, 'float8')} {operator} {decimal.text})"
    if decimal.is_constant and isinstance(decimal.constant, float):
        return f"({integer.text} {operator} {writer.bind(Decimal(decimal.constant), 'numeric')})"
    return f"(engine_expression_order({integer.text}, {decimal.text}) {operator} 0)"


def _equality(writer: "Writer", node: tree.Comparison, left: Node, right: Node) -> Scalar:
    """Equality, for which null is a value like others. Its text is never NULL."""
    types = writer.types[left], writer.types[right]
    if _is_null_constant(writer, right) or _is_null_constant(writer, left):
        operand = left if _is_null_constant(writer, right) else right
        return writer.is_null(tree.IsNull(node.start, node.end, operand, False))
    if types[0].is_list or types[1].is_list:
        return _equal_lists(writer, node, left, right)
    if not (writer.is_personal(left) and writer.is_personal(right)):
        constant, operand = (left, right) if writer.is_personal(right) else (right, left)
        found = lists.short_count(writer, node) or _equals_constant(writer, operand, constant)
        if found is not None:
            return found
    if UNKNOWN in types:
        return _equal_unknown(writer, node, left, right)
    if any(not type_.is_scalar for type_ in types):
        return writer.refuse(node, "Whole objects are not compared in SQL.", "Compare fields of theirs.")
    one, two = writer.scalar(left), writer.scalar(right)
    if types[0] == types[1]:
        return definite(f"({one.text} IS NOT DISTINCT FROM {two.text})")
    both_null = f"({one.text} IS NULL AND {two.text} IS NULL)"
    if types[0].is_numeric and types[1].is_numeric:
        return definite(f"(coalesce({_compared(writer, '=', left, right)}, false) OR {both_null})")
    return definite(both_null)


def _is_null_constant(writer: "Writer", node: Node) -> bool:
    if writer.is_personal(node) or writer.types[node].is_list:
        return False
    found = writer.constant(node)
    return isinstance(found, Scalar) and found.constant is None


def _equals_constant(writer: "Writer", operand: Node, constant: Node) -> Scalar | None:
    """A value that is compared with one that is not null; None when it takes more than that."""
    value = cast(Scalar, writer.constant(constant))
    type_, wanted = writer.types[operand], writer.types[constant]
    if not wanted.is_scalar:
        return None
    contained = paths.containment(writer, operand, value.constant)
    if contained and type_ in (UNKNOWN, wanted):
        return definite(contained)
    if type_ == UNKNOWN:
        found = writer.scalar(operand)
        if isinstance(value.constant, str | bool):
            return predicate(f"({found.text} = to_jsonb({value.text}))")
        if isinstance(value.constant, int | float):
            exact = writer.bind(Decimal(value.constant), "numeric")
            as_float = float(value.constant) if float(value.constant) == value.constant else None
            floating = writer.bind(as_float, "float8")
            return predicate(f"engine_expression_is_number({found.text}, {exact}, {floating})")
        return FALSE  # JSON has no dates: a text is no date
    if type_ == wanted or (type_.is_numeric and wanted.is_numeric):
        return predicate(_compared(writer, "=", operand, constant))
    return FALSE if type_.is_scalar else None


def _equal_unknown(writer: "Writer", node: tree.Comparison, left: Node, right: Node) -> Scalar:
    """A value of unknown type next to a text or a boolean that is computed."""
    known, operand = (right, left) if writer.types[left] == UNKNOWN else (left, right)
    if writer.types[known] not in (STRING, BOOLEAN):
        return writer.undeclared(operand)
    one, two = writer.scalar(operand), writer.scalar(known)
    return definite(f"({one.text} IS NOT DISTINCT FROM to_jsonb({two.text}))")


def _equal_lists(writer: "Writer", node: tree.Comparison, left: Node, right: Node) -> Scalar:
    types = [writer.types[operand] for operand in (left, right)]
    elements = [type_.element for type_ in types]
    if not all(type_.is_list for type_ in types) or elements[0] != elements[1] or not elements[0].is_scalar:  # type: ignore[union-attr]
        hint = "Compare two lists of single values of one and the same declared type."
        return writer.refuse(node, "These lists are not compared in SQL.", hint)
    pair = [writer.rows(operand, cast(Type, elements[0])) for operand in (left, right)]
    whole = [rows.unless_null(f"ARRAY(SELECT {rows.value} {rows.body} ORDER BY {rows.ordered()})") for rows in pair]
    return definite(f"({whole[0]} IS NOT DISTINCT FROM {whole[1]})")


# --- Arithmetic ------------------------------------------------------------------------------------------------------


def arithmetic(writer: "Writer", node: tree.Arithmetic) -> Scalar:
    left, right = bare(node.left), bare(node.right)
    types = writer.types[left], writer.types[right]
    one, two = writer.scalar(left), writer.scalar(right)
    if NULL_TYPE in types:
        return Scalar(f"NULL::{sql_type(writer.types[node])}")
    for operand, type_ in zip((left, right), types, strict=True):
        if type_ == UNKNOWN:
            return writer.undeclared(operand)
    if node.operator == "+" and STRING in types:
        return Scalar(f"engine_expression_joined({as_text(one, types[0])}, {as_text(two, types[1])})")
    if node.operator == "+" and types[1] == DURATION:
        if types[0] == DURATION:
            return Scalar(f"engine_expression_duration({one.text} + {two.text})")
        return Scalar(f"engine_expression_moved({one.text}, {two.text}, {one.offset})", offset=one.offset)
    if types == (INTEGER, INTEGER):
        return Scalar(_INTEGER_ARITHMETIC[node.operator].format(one.text, two.text))
    if node.operator == "%":
        hint = "Use integers: convert with toInteger or round."
        return writer.refuse(node, "SQL has no exact remainder of decimals.", hint)
    one, two = writer.widened(one, types[0], DECIMAL), writer.widened(two, types[1], DECIMAL)
    return Scalar(_DECIMAL_ARITHMETIC[node.operator].format(one.text, two.text))
