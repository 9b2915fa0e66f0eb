"""The functions of the language in SQL: texts, conversions, dates. Those about lists stand in lists.py."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from engine.expressions import regular, temporal, tree
from engine.expressions.functions import FUNCTIONS
from engine.expressions.functions.dates import moved
from engine.expressions.to_sql import lists
from engine.expressions.to_sql.casing import casing
from engine.expressions.to_sql.patterns import translate
from engine.expressions.to_sql.pieces import (
    FALSE,
    FILTER,
    NULL,
    Order,
    Rows,
    Scalar,
    as_text,
    compared_moment,
    definite,
    predicate,
    sql_type,
)
from engine.expressions.tree import Node, bare
from engine.expressions.types import BOOLEAN, DATE_ONLY, DATE_TIME, DATE_TIME_ONLY, DECIMAL, INTEGER, STRING, Type
from engine.expressions.types import NULL as NULL_TYPE
from engine.expressions.values import LONGEST

if TYPE_CHECKING:
    from engine.expressions.to_sql.writing import Writer

Write = Callable[["Writer", tree.Call], Scalar | Rows]

# What Python's strip() takes for white space.
SPACE = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())

_REFUSED = {
    "random": ("A random number is another one each time it is asked for.", "Let a condition in a journey draw it."),
    "uuid": ("A random identifier is another one each time it is asked for.", "Leave it out."),
}


def call(writer: "Writer", node: tree.Call) -> Scalar | Rows:
    """SQL of a function's value."""
    function = FUNCTIONS[node.name]
    types = [writer.types[argument] for argument in node.arguments]
    if node.name in _REFUSED:
        return writer.refuse(node, *_REFUSED[node.name])
    for argument, type_ in zip(node.arguments, types, strict=True):
        if type_.is_open:
            return writer.undeclared(argument)
    if NULL_TYPE in types and function.nulls != "handled":
        return FALSE if function.nulls == "false" else Scalar(f"NULL::{sql_type(writer.types[node])}")
    if writer.types[node].is_open:
        return writer.undeclared(node)
    write = _BY_NAME.get(node.name) or lists.BY_NAME.get(node.name)
    return write(writer, node) if write else _without_counterpart(writer, node)


def _without_counterpart(writer: "Writer", node: tree.Call) -> Scalar:
    return writer.refuse(node, f"`{node.name}` has no counterpart in SQL.", "Use it in a journey's condition.")


def _texts(writer: "Writer", node: tree.Call) -> list[str]:
    return [writer.scalar(argument).text for argument in node.arguments]


def _simple(template: str) -> Write:
    return lambda writer, node: Scalar(template.format(*_texts(writer, node)))


def _test(template: str) -> Write:
    return lambda writer, node: predicate(f"({template.format(*_texts(writer, node))})")


# --- Texts --------------------------------------------------------------------------------------------------------


def _recased(writer: "Writer", text: str, upper: bool = False) -> str:
    known = casing(upper)
    sets = ", ".join(writer.bind(part, "text") for part in (known.cased, known.ignored))
    return f"engine_expression_recased({text}, {writer.bind(known.cases, 'jsonb')}, {sets})"


def _lower(writer: "Writer", node: Node) -> str:
    """The text in lower case; of a constant now."""
    found = writer.scalar(node)
    if isinstance(found.constant, str):
        return writer.bind(found.constant.lower(), "text")
    return _recased(writer, found.text)


def _test_lower(template: str) -> Write:
    def write(writer: "Writer", node: tree.Call) -> Scalar:
        return predicate(f"({template.format(*(_lower(writer, argument) for argument in node.arguments))})")

    return write


def _equal_ignoring_case(writer: "Writer", node: tree.Call) -> Scalar:
    texts = [_lower(writer, argument) for argument in node.arguments]
    if any(isinstance(writer.scalar(argument).constant, str) for argument in node.arguments):
        return predicate(f"({texts[0]} = {texts[1]})")
    return definite(f"({texts[0]} IS NOT DISTINCT FROM {texts[1]})")


def _differ_ignoring_case(writer: "Writer", node: tree.Call) -> Scalar:
    return definite(f"(NOT {_equal_ignoring_case(writer, node).text})")


def _concat(writer: "Writer", node: tree.Call) -> Scalar:
    if len(node.arguments) > 1:
        return Scalar(f"engine_expression_joined({', '.join(_texts(writer, node))})")
    rows = writer.rows(node.arguments[0], STRING)
    size = f"coalesce(sum(length({rows.value})){FILTER}, 0) <= {LONGEST}"
    joined = f"coalesce(string_agg({rows.value}, '' ORDER BY {rows.ordered()}){FILTER}, '')"
    return Scalar(rows.aggregate(f"CASE WHEN {size} THEN {joined} END", unless_null=True))


def _substr(writer: "Writer", node: tree.Call) -> Scalar:
    text, first, *past = _texts(writer, node)
    return Scalar(f"engine_expression_substr({text}, {first}, {past[0] if past else '2147483647'})")


def _trim(writer: "Writer", node: tree.Call) -> Scalar:
    return Scalar(f"btrim({_texts(writer, node)[0]}, {writer.bind(SPACE, 'text')})")


def _pattern(writer: "Writer", node: Node, for_place: bool) -> str | None:
    """A constant regular expression as a parameter for PostgreSQL, or None when it is refused."""
    constant = writer.scalar(node).constant
    if not isinstance(constant, str):
        writer.refuse(node, "SQL takes a regular expression only as a text in quotes.", "Write it here.")
        return None
    found = translate(constant) if not regular.find_fault(constant) else None
    if found is None:
        hint = (
            "Use characters, sets such as [a-z], \\d, \\w, groups, `|` and repetition; or contain, startWith, endWith."
        )
        writer.refuse(node, "PostgreSQL reads this regular expression in another way.", hint)
        return None
    if for_place and not found.has_one_end:
        hint = "Use characters and sets in a row, and repeat only the last of them."
        writer.refuse(node, "PostgreSQL may find other matches of this regular expression.", hint)
        return None
    return writer.bind(found.text if for_place else f"^(?:{found.text})$", "text")


def _match(writer: "Writer", node: tree.Call) -> Scalar:
    if NULL_TYPE in (writer.types[argument] for argument in node.arguments):
        return FALSE
    pattern = _pattern(writer, node.arguments[1], for_place=False)
    return predicate(f'({writer.scalar(node.arguments[0]).text} COLLATE "C" ~ {pattern or "NULL"})')


def _replace(everywhere: bool) -> Write:
    def write(writer: "Writer", node: tree.Call) -> Scalar:
        text, put = writer.scalar(node.arguments[0]).text, writer.scalar(node.arguments[2]).constant
        pattern = _pattern(writer, node.arguments[1], for_place=True)
        if not isinstance(put, str):
            return writer.refuse(
                node.arguments[2], "SQL takes a replacement only as a text in quotes.", "Write it here."
            )
        source = writer.scalar(node.arguments[1]).constant
        if pattern is None or not isinstance(source, str):
            return NULL
        try:
            pieces = regular.replacement(put, regular.pattern(source))
        except regular.InvalidPatternError:
            return Scalar("NULL::text")
        if any(isinstance(piece, int) for piece in pieces):
            return writer.refuse(node.arguments[2], "SQL does not put groups into a replacement.", "Write plain text.")
        plain = "".join(cast(tuple[str, ...], pieces))
        put_text = writer.bind(plain.replace("\\", "\\\\"), "text")
        return Scalar(f"engine_expression_replaced({text}, {pattern}, {put_text}, {len(plain)}, {everywhere})")

    return write


def _split(writer: "Writer", node: tree.Call) -> Rows:
    text, alias, numbered = writer.scalar(node.arguments[0]).text, writer.aliases.new(), writer.aliases.new()
    pattern = _pattern(writer, node.arguments[1], for_place=True)
    # Empty parts at the end are dropped; a text without any match is its only part, though it be empty.
    last = f"max({alias}.n) FILTER (WHERE {alias}.v <> '') OVER ()"
    parts = f'regexp_split_to_table({text} COLLATE "C", {pattern or "NULL"}) WITH ORDINALITY AS {alias}(v, n)'
    source = f"(SELECT {alias}.v, {alias}.n, {last} AS last, count(*) OVER () AS size FROM {parts}) AS {numbered}"
    keep = f"({numbered}.n <= {numbered}.last OR {numbered}.size = 1)"
    order = (Order(f"{numbered}.n"),)
    return Rows(source, f"{numbered}.v", order, keep=(keep,), is_null=f"(({text}) IS NULL)")


# --- Conversions --------------------------------------------------------------------------------------------------


def _by_type(templates: dict[Type, str]) -> Write:
    """One template for each type of the argument; `{0}` is its value, `{1}` its offset."""

    def write(writer: "Writer", node: tree.Call) -> Scalar:
        found = writer.scalar(node.arguments[0])
        template = templates.get(writer.types[bare(node.arguments[0])])
        if template is None:
            return _without_counterpart(writer, node)
        return Scalar(template.format(f"({found.text})", found.offset))

    return write


def _to_string(writer: "Writer", node: tree.Call) -> Scalar:
    return Scalar(as_text(writer.scalar(node.arguments[0]), writer.types[bare(node.arguments[0])]))


def _to_date_only(writer: "Writer", node: tree.Call) -> Scalar:
    if len(node.arguments) == 3:
        return Scalar(f"engine_expression_date_of({', '.join(_texts(writer, node))})")
    return cast(Scalar, _by_type(_DATES)(writer, node))


def _to_date_time(writer: "Writer", node: tree.Call) -> Scalar:
    if len(node.arguments) == 2:
        zone = _fixed_zone(writer, node.arguments[0])
        local = writer.scalar(node.arguments[1])
        return _in_zone(f"engine_expression_wall(({local.text})::timestamp, -({zone}))", zone)
    argument = writer.scalar(node.arguments[0]).text
    if writer.types[bare(node.arguments[0])] == INTEGER:
        return Scalar(f"engine_expression_of_milliseconds({argument})")
    return Scalar(f"engine_expression_instant({argument})", offset=f"engine_expression_offset({argument})")


_DATES = {
    STRING: "engine_expression_date_of_text{0}",
    DATE_TIME: "engine_expression_wall({0}, {1})::date",
    DATE_TIME_ONLY: "{0}::date",
    DATE_ONLY: "{0}",
    INTEGER: "engine_expression_of_milliseconds{0}::date",
}


def _fixed_zone(writer: "Writer", node: Node) -> str:
    """SQL of the offset of a time zone that has only one, in seconds."""
    name = writer.scalar(node).constant
    zone = temporal.find_zone(name) if isinstance(name, str) else None
    offset = zone.utcoffset(None) if zone is not None else None
    if offset is None:
        hint = (
            "Write an offset such as +02:00, or UTC. With a value that does not depend on the person, a name is fine."
        )
        writer.refuse(node, "PostgreSQL may know other rules for this time zone than the engine does.", hint)
        return "0"
    return writer.bind(int(offset.total_seconds()), "numeric")


# --- Dates --------------------------------------------------------------------------------------------------------


def _window(unit: str, direction: int) -> Write:
    def write(writer: "Writer", node: tree.Call) -> Scalar:
        moment, delta = (writer.scalar(argument) for argument in node.arguments)
        now = writer.literal(writer.now, DATE_TIME).text
        if delta.constant is None or (isinstance(delta.constant, int) and delta.constant < 0):
            return FALSE
        if isinstance(delta.constant, int):
            bound = moved(writer.now, direction * delta.constant, unit)
            edge = writer.literal(bound, DATE_TIME).text if bound else None
        else:
            edge = _moved(unit, now, f"({direction} * {delta.text})")
            edge = f"coalesce({edge}, '{'-' if direction < 0 else ''}infinity')"
        sides = ("<=", ">=") if direction < 0 else (">=", "<=")
        tests = [(sides[0], now), *([(sides[1], edge)] if edge is not None else [])]
        if moment.moment is not None and delta.is_constant:
            written = [compared_moment(moment.moment, side, bound) for side, bound in tests]
        else:
            written = [f"{moment.text} {side} {bound}" for side, bound in tests]
        if not delta.is_constant:
            written.append(f"{delta.text} >= 0")
        return predicate(f"({' AND '.join(written)})")

    return write


_MICROSECONDS = {
    unit: timedelta(**{unit: 1}) // timedelta(microseconds=1) for unit in ("days", "hours", "minutes", "seconds")
}


def _moved(unit: str, moment: str, count: str) -> str:
    """A moment in UTC, moved by a number of units; NULL outside of the calendar."""
    if unit in ("years", "months"):
        return f"engine_expression_plus_months({moment}, {count} * {12 if unit == 'years' else 1})"
    return f"engine_expression_moved({moment}, {count} * {_MICROSECONDS[unit]}, 0)"


def _now_with_delta(writer: "Writer", node: tree.Call) -> Scalar:
    """The count depends on the person here; all else is constant."""
    zone = writer.scalar(node.arguments[2]).constant if len(node.arguments) > 2 else "UTC"
    if zone not in ("UTC", "Z"):
        hint = "Leave the time zone out, or write a count that does not depend on the person."
        return writer.refuse(node, "SQL moves now by a computed count in UTC only.", hint)
    unit = str(writer.scalar(node.arguments[1]).constant)
    return Scalar(_moved(unit, writer.literal(writer.now, DATE_TIME).text, writer.scalar(node.arguments[0]).text))


def _set(name: str) -> Write:
    def write(writer: "Writer", node: tree.Call) -> Scalar:
        moment, number = (writer.scalar(argument) for argument in node.arguments)
        text = f"engine_expression_{name}({moment.text}, {number.text}, {moment.offset})"
        return Scalar(text, offset=moment.offset)

    return write


def _in_zone(utc: str, zone: str) -> Scalar:
    """An instant with an offset; null where it leaves the calendar, in UTC or as it is written."""
    return Scalar(f"engine_expression_in_calendar(engine_expression_in_calendar({utc}, 0), {zone})", offset=zone)


def _update_time_zone(writer: "Writer", node: tree.Call) -> Scalar:
    moment, zone = writer.scalar(node.arguments[0]), _fixed_zone(writer, node.arguments[1])
    return _in_zone(moment.text, zone)


def _in_audience(writer: "Writer", node: tree.Call) -> Scalar:
    name = writer.scalar(node.arguments[0])
    writer.reads += 1
    return definite(writer.ground.in_audience(str(name.constant), writer.bind))


_BY_NAME: dict[str, Write] = {
    "inAudience": _in_audience,
    "inSegment": _in_audience,
    "concat": _concat,
    "contain": _test("strpos({0}, {1}) > 0"),
    "containIgnoreCase": _test_lower("strpos({0}, {1}) > 0"),
    "startWith": _test("starts_with({0}, {1})"),
    "startWithIgnoreCase": _test_lower("starts_with({0}, {1})"),
    "endWith": _test("right({0}, length({1})) = {1}"),
    "endWithIgnoreCase": _test_lower("right({0}, length({1})) = {1}"),
    "equalIgnoreCase": _equal_ignoring_case,
    "notEqualIgnoreCase": _differ_ignoring_case,
    "indexOf": _simple("(strpos({0}, {1}) - 1)::numeric"),
    "lastIndexOf": _simple("engine_expression_last_index({0}, {1})"),
    "isEmpty": _test("{0} = ''"),
    "isNotEmpty": _test("{0} <> ''"),
    "length": _simple("length({0})::numeric"),
    "lower": lambda writer, node: Scalar(_recased(writer, _texts(writer, node)[0])),
    "upper": lambda writer, node: Scalar(_recased(writer, _texts(writer, node)[0], upper=True)),
    "matchRegExp": _match,
    "replace": _replace(False),
    "replaceAll": _replace(True),
    "split": _split,
    "substr": _substr,
    "trim": _trim,
    "toString": _to_string,
    "toBool": _by_type({STRING: "({0} = 'true')", INTEGER: "({0} <> 0)", DECIMAL: "({0} <> 0)", BOOLEAN: "{0}"}),
    "toInteger": _by_type(
        {
            STRING: "engine_expression_integer_of_text{0}",
            INTEGER: "{0}",
            DECIMAL: "engine_expression_truncate{0}",
            BOOLEAN: "{0}::integer::numeric",
            DATE_TIME: "engine_expression_milliseconds{0}",
        }
    ),
    "toDecimal": _by_type(
        {
            STRING: "engine_expression_decimal_of_text{0}",
            INTEGER: "{0}::float8",
            DECIMAL: "{0}",
            BOOLEAN: "{0}::integer::float8",
            DATE_TIME: "engine_expression_milliseconds{0}::float8",
        }
    ),
    "toDateOnly": _to_date_only,
    "toDateTime": _to_date_time,
    "toDateTimeOnly": _by_type(
        {
            STRING: "engine_expression_local_of_text{0}",
            DATE_TIME: "engine_expression_wall({0}, {1})",
            DATE_ONLY: "{0}::timestamp",
        }
    ),
    "toDuration": _by_type(
        {STRING: "engine_expression_duration_of_text{0}", INTEGER: "engine_expression_duration({0} * 1000)"}
    ),
    "round": _by_type({DECIMAL: "engine_expression_round{0}", INTEGER: "{0}"}),
    "nowWithDelta": _now_with_delta,
    "setHours": _set("set_hours"),
    "setDays": _set("set_days"),
    "updateTimeZone": _update_time_zone,
    **{
        f"{name}{unit.capitalize()}": _window(unit, direction)
        for name, direction in (("inLast", -1), ("inNext", 1))
        for unit in ("hours", "days", "months", "years")
    },
}
