"""Functions about lists in SQL: aggregates over rows, and rows made of other rows."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.expressions import tree
from engine.expressions.to_sql import paths
from engine.expressions.to_sql.pieces import (
    ALSO,
    FILTER,
    Order,
    Rows,
    Scalar,
    as_text,
    columns,
    definite,
    derived,
    numbered,
    predicate,
)
from engine.expressions.tree import Node, bare
from engine.expressions.types import (
    DATE_TIME,
    DECIMAL,
    INTEGER,
    LIST_OF_OBJECTS,
    SCALARS,
    STRING,
    Type,
)
from engine.expressions.types import NULL as NULL_TYPE
from engine.expressions.values import LONGEST, reader_of

if TYPE_CHECKING:
    from engine.expressions.to_sql.writing import Writer

Write = Callable[["Writer", tree.Call], Scalar | Rows]

_TYPE_OF_READER = {reader_of(type_): type_ for type_ in SCALARS}


# --- Aggregates ---------------------------------------------------------------------------------------------------


def _element(writer: "Writer", node: Node) -> Type:
    """What a list is a list of; of nulls alone, it may be anything."""
    element = writer.types[bare(node)].element
    return STRING if element is None or element == NULL_TYPE else element


def _list(writer: "Writer", node: Node) -> Rows:
    return writer.rows(node, _element(writer, node))


def _numbers(writer: "Writer", node: tree.Call) -> tuple[Rows, Type]:
    """The values that an aggregate looks at: of one list, or its arguments themselves; and their common type."""
    if len(node.arguments) == 1:
        element = _element(writer, node.arguments[0])
        wanted = DECIMAL if element == INTEGER and writer.types[node] == DECIMAL and node.name != "avg" else element
        return writer.rows(node.arguments[0], element), wanted
    types = [writer.types[bare(argument)] for argument in node.arguments]
    known = [type_ for type_ in types if type_ != NULL_TYPE]
    wanted = DECIMAL if DECIMAL in known else known[0]
    items = [
        writer.widened(writer.scalar(argument), type_, wanted)
        for argument, type_ in zip(node.arguments, types, strict=True)
    ]
    return writer.values(items, wanted), wanted


def _count(what: Callable[[Rows], str]) -> Write:
    def write(writer: "Writer", node: tree.Call) -> Scalar:
        return Scalar(f"{writer.aggregate(_list(writer, node.arguments[0]), what, empty='0')}::numeric")

    return write


def short_count(writer: "Writer", node: tree.Comparison) -> Scalar | None:
    """`count(...) > 0` and its like as EXISTS, which stops at the first row and can become a join."""
    left, right = bare(node.left), bare(node.right)
    if not isinstance(left, tree.Call) or left.name not in ("count", "listSize", "countWithNull"):
        return None
    if not isinstance(right, tree.Literal) or not right.type.is_numeric:
        return None
    if (node.operator, right.value) not in _AT_LEAST_ONE:
        return None
    if writer.types[bare(left.arguments[0])].is_open or not writer.is_personal(left):
        return None
    rows = _list(writer, left.arguments[0])
    if writer.is_joined(rows):
        return None  # counted in a pass that is made for others as well
    if left.name == "count" and not rows.only_objects:
        rows = rows.filtered(f"{rows.value} IS NOT NULL")
    return definite(rows.exists if _AT_LEAST_ONE[node.operator, right.value] else f"(NOT {rows.exists})")


# `!=` is written as the negation of `==`.
_AT_LEAST_ONE: dict[tuple[str, object], bool] = {
    (">", 0): True,
    (">=", 1): True,
    ("==", 0): False,
    ("!=", 0): False,
    ("<", 1): False,
    ("<=", 0): False,
}


def _distinct_count(writer: "Writer", node: tree.Call) -> Scalar:
    is_objects = writer.types[bare(node.arguments[0])] == LIST_OF_OBJECTS

    def what(rows: Rows) -> str:
        value = _attribute(writer, node, rows) if is_objects else rows.value
        nulls = "" if node.name == "distinctCount" else f" + count(DISTINCT 1) FILTER (WHERE {value} IS NULL{ALSO})"
        return f"count(DISTINCT {value}){FILTER}{nulls}"

    return Scalar(f"({writer.aggregate(_list(writer, node.arguments[0]), what, empty='0')})::numeric")


def _sum(writer: "Writer", node: tree.Call) -> Scalar:
    rows, wanted = _numbers(writer, node)
    if wanted != INTEGER:
        return Scalar(writer.aggregate(rows, _ordered_sum, empty="0", unless_null=True))
    total = writer.aggregate(rows, lambda rows: f"coalesce(sum({rows.value}){FILTER}, 0)", empty="0", unless_null=True)
    return Scalar(f"engine_expression_whole({total})")


def _ordered_sum(rows: Rows) -> str:
    """In the order of the elements: another order may differ in the last digit."""
    return f"nullif(engine_expression_sum(({rows.value})::float8 ORDER BY {rows.ordered()}){FILTER}, 'infinity')"


def _average(writer: "Writer", node: tree.Call) -> Scalar:
    rows, wanted = _numbers(writer, node)

    def what(rows: Rows) -> str:
        size = f"count({rows.value}){FILTER}"
        if wanted == INTEGER:
            return f"engine_expression_mean(sum({rows.value}){FILTER}, {size})"
        return f"CASE WHEN {size} > 0 THEN engine_expression_divide({_ordered_sum(rows)}, {size}) END"

    return Scalar(writer.aggregate(rows, what))


def _extreme(name: str) -> Write:
    def decimals(rows: Rows) -> str:
        """Of 0.0 and -0.0, the first."""
        value = f"({rows.value})::float8"
        zero = f"(array_agg({value} ORDER BY {rows.ordered()}) FILTER (WHERE {value} = 0{ALSO}))[1]"
        return f"CASE {name}({value}){FILTER} WHEN 0 THEN {zero} ELSE {name}({value}){FILTER} END"

    def write(writer: "Writer", node: tree.Call) -> Scalar:
        rows, wanted = _numbers(writer, node)
        if wanted == DECIMAL:
            return Scalar(writer.aggregate(rows, decimals))
        if wanted != DATE_TIME:
            return Scalar(writer.aggregate(rows, lambda rows: f"{name}({rows.value}){FILTER}"))
        # The first of the latest, with its offset.
        present = rows.filtered(f"{rows.value} IS NOT NULL")
        best = replace(present, order=(Order(rows.value, falling=name == "max"), *rows.order))
        return Scalar(best.pick(rows.value), offset=best.pick(rows.offset))

    return write


# --- Lists of lists -----------------------------------------------------------------------------------------------


def _attribute(writer: "Writer", node: tree.Call, rows: Rows) -> str:
    """The field that a function looks at in every object, by its declared type."""
    argument = next((item for item in node.arguments[1:] if item in writer.notes.attributes), None)
    known = writer.notes.attributes.get(argument) if argument else None
    if known is None:
        hint = "Name the field in quotes: its values are compared then."
        writer.refuse(node, "Whole objects are not compared in SQL.", hint)
        return "NULL::text"
    type_ = _TYPE_OF_READER.get(known.read)
    if type_ is None or "." in known.name or "\0" in known.name:
        hint = "Name a field that stands directly in the objects, and declare its type as a single value."
        writer.refuse(node, f"The type of `{known.name[:80]}` is not known.", hint)
        return "NULL::text"
    return paths.reader(type_).format(f"({rows.value} -> {writer.bind(known.name, 'text')})")


def _attribute_type(writer: "Writer", node: tree.Call) -> Type | None:
    known = writer.notes.attributes.get(node.arguments[1])
    return _TYPE_OF_READER.get(known.read) if known else None


def _distinct(writer: "Writer", node: tree.Call) -> Rows:
    return _first_of_each(writer, node, _list(writer, node.arguments[0]), with_null=node.name == "distinctWithNull")


def _first_of_each(writer: "Writer", node: tree.Call, rows: Rows, with_null: bool) -> Rows:
    is_objects = writer.types[bare(node.arguments[0])] == LIST_OF_OBJECTS
    inner, alias = numbered(rows, writer.aliases.new()), writer.aliases.new()
    key = _attribute(writer, node, inner) if is_objects else inner.value
    if not with_null and not is_objects:
        inner = inner.filtered(f"{inner.value} IS NOT NULL")
    number = inner.order[0].text
    select = columns(inner, number).replace("SELECT", f"SELECT DISTINCT ON ({key})", 1)
    return derived(rows, f"{select} ORDER BY {key}, {number}", alias)


def _filter(writer: "Writer", node: tree.Call) -> Rows:
    rows, wanted = _list(writer, node.arguments[0]), _attribute_type(writer, node)
    field = _attribute(writer, node, rows)
    listed = writer.types[bare(node.arguments[2])].element
    if wanted is not None and listed not in (wanted, NULL_TYPE):
        writer.refuse(
            node.arguments[2], f"The field is of type {wanted}, the values are not.", "Use values of its type."
        )
    reads = writer.reads
    values = writer.rows(node.arguments[2], wanted or STRING)
    rows = replace(rows, is_alone=rows.is_alone and writer.reads == reads)
    return rows.filtered(values.filtered(f"{values.value} IS NOT DISTINCT FROM {field}").exists)


def _get_list_item(writer: "Writer", node: tree.Call) -> Scalar:
    rows, index = _list(writer, node.arguments[0]), writer.scalar(node.arguments[1])
    place = f"engine_expression_place({index.text})"
    offset = rows.pick(rows.offset, offset=place) if writer.types[node] == DATE_TIME else "0"
    return Scalar(rows.pick(rows.value, offset=place), offset=offset)


def _in(writer: "Writer", node: tree.Call) -> Scalar:
    value = writer.scalar(node.arguments[0])
    type_ = writer.types[bare(node.arguments[0])]
    rows = writer.rows(node.arguments[1], type_)
    if not writer.is_personal(node.arguments[1]) and rows.source.startswith("unnest(") and type_ != DATE_TIME:
        array = rows.source.removeprefix("unnest(").split(")")
        return predicate(f"({value.text} = ANY ({')'.join(array[:2])}))")
    return predicate(f"({rows.filtered(f'{rows.value} = {value.text}').exists})")


def _intersect(writer: "Writer", node: tree.Call) -> Rows:
    types = [writer.types[bare(argument)].element for argument in node.arguments]
    element = next((type_ for type_ in types if type_ not in (None, NULL_TYPE)), None) or STRING
    left, right = (writer.rows(argument, element) for argument in node.arguments)
    first = _first_of_each(writer, node, replace(left, is_null="false", empty_is_null=False), with_null=True)
    return first.filtered(right.filtered(f"{right.value} IS NOT DISTINCT FROM {first.value}").exists)


def _limit(writer: "Writer", node: tree.Call) -> Rows:
    rows, size = _list(writer, node.arguments[0]), writer.scalar(node.arguments[1])
    from_start = writer.scalar(node.arguments[2]) if len(node.arguments) > 2 else Scalar("true", constant=True)
    inner, alias = numbered(rows, writer.aliases.new()), writer.aliases.new()
    if from_start.is_constant:
        order = inner.ordered(backwards=from_start.constant is False)
    else:
        order = f"CASE WHEN {from_start.text} THEN {inner.order[0].text} ELSE -{inner.order[0].text} END"
    select = f"{columns(inner, inner.order[0].text)} ORDER BY {order} LIMIT engine_expression_size({size.text})"
    null = f"({rows.null} OR ({size.text}) IS NULL OR ({from_start.text}) IS NULL)"
    kept = () if from_start.is_constant else (f"({from_start.text}) IS NOT NULL",)
    return replace(derived(rows, select, alias), is_null=null, keep=kept)


def _sort(writer: "Writer", node: tree.Call) -> Rows:
    rows, ascending = _list(writer, node.arguments[0]), writer.scalar(node.arguments[-1])
    if not ascending.is_constant:
        writer.refuse(node.arguments[-1], "SQL wants to know the direction of `sort` before.", "Write true or false.")
    inner, alias = numbered(rows, writer.aliases.new()), writer.aliases.new()
    is_objects = writer.types[bare(node.arguments[0])] == LIST_OF_OBJECTS
    key = _attribute(writer, node, inner) if is_objects else inner.value
    type_ = _attribute_type(writer, node) if is_objects else _element(writer, node.arguments[0])
    rank = f"engine_expression_rank({key})" if type_ == STRING else key
    falling = " DESC" if ascending.constant is False else ""
    number = f"row_number() OVER (ORDER BY {rank}{falling} NULLS LAST, {inner.order[0].text})"
    return derived(rows, columns(inner, number), alias)


def _serialize(writer: "Writer", node: tree.Call) -> Scalar:
    rows, element = _list(writer, node.arguments[0]), _element(writer, node.arguments[0])
    separator, quoted = (writer.scalar(argument).text for argument in node.arguments[1:])
    quote = f"CASE WHEN {quoted} THEN '\"' ELSE '' END"
    text = f"coalesce({quote} || {as_text(Scalar(rows.value, offset=rows.offset), element)} || {quote}, 'null')"
    size = f"coalesce(sum(length({text}) + length({separator})){FILTER}, 0) <= {LONGEST}"
    joined = f"coalesce(string_agg({text}, {separator} ORDER BY {rows.ordered()}){FILTER}, '')"
    whole = rows.aggregate(f"CASE WHEN {size} THEN {joined} END", unless_null=True)
    return Scalar(f"CASE WHEN ({separator}) IS NOT NULL AND ({quoted}) IS NOT NULL THEN {whole} END")


BY_NAME: dict[str, Write] = {
    "avg": _average,
    "count": _count(lambda rows: f"count({'*' if rows.only_objects else rows.value}){FILTER}"),
    "countOnlyNull": _count(lambda rows: f"count(*){FILTER} - count({rows.value}){FILTER}"),
    "countWithNull": _count(lambda rows: f"count(*){FILTER}"),
    "listSize": _count(lambda rows: f"count(*){FILTER}"),
    "distinctCount": _distinct_count,
    "distinctCountWithNull": _distinct_count,
    "max": _extreme("max"),
    "min": _extreme("min"),
    "sum": _sum,
    "distinct": _distinct,
    "distinctWithNull": _distinct,
    "filter": _filter,
    "getListItem": _get_list_item,
    "in": _in,
    "intersect": _intersect,
    "limit": _limit,
    "sort": _sort,
    "serializeList": _serialize,
}
