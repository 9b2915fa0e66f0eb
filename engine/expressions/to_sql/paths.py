"""Paths: from a reference to the JSON at its end, or to the rows of a list; then to values of the declared type."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.expressions import tree
from engine.expressions.to_sql.pieces import FILTER, Bound, Order, Rows, Scalar, sql_type
from engine.expressions.tree import Node
from engine.expressions.types import (
    BOOLEAN,
    DATE_ONLY,
    DATE_TIME,
    DATE_TIME_ONLY,
    DECIMAL,
    DURATION,
    INTEGER,
    LIST_OF_OBJECTS,
    OBJECT,
    STRING,
    UNKNOWN,
    Type,
)

if TYPE_CHECKING:
    from engine.expressions.to_sql.writing import Writer

PROFILE, ATTRIBUTES, EVENTS = "Profile", "attributes", "events"
LOOP_VARIABLE = "currentDataPackField"  # of data sources, the only ones that SQL reads

# jsonb -> a value of the type, or NULL.
_READERS = {
    STRING: "engine_expression_text({})",
    INTEGER: "engine_expression_integer({})",
    DECIMAL: "engine_expression_decimal({})",
    BOOLEAN: "engine_expression_boolean({})",
    DATE_ONLY: "engine_expression_date(engine_expression_text({}))",
    DATE_TIME_ONLY: "engine_expression_local(engine_expression_text({}))",
    DATE_TIME: "engine_expression_instant(engine_expression_text({}))",
    DURATION: "engine_expression_duration_of_text(engine_expression_text({}))",
    UNKNOWN: "nullif({}, 'null')",
}


@dataclass(frozen=True, slots=True)
class Json:
    """SQL of a jsonb value. `picked`: the first (or last) element of these rows, and nothing is done with it yet."""

    text: str
    picked: Rows | None = None
    is_last: bool = False


def read(writer: "Writer", node: tree.Reference | tree.Loop | tree.Property) -> Scalar | Rows:
    """The value at the end of a path, by its type."""
    if isinstance(node, tree.Property):
        writer.refuse(node, "A journey property means nothing outside of a journey.", "Leave it out.")
        return Scalar("NULL")
    found = _moment(writer, node) or typed(writer, _walk(writer, node), writer.types[node])
    if not isinstance(node, tree.Reference) or node.default is None:
        return found
    if isinstance(found, Rows):
        default = writer.rows(node.default, writer.types[node].element or STRING)
        return writer.either(f"({found.null})", default, found)
    if writer.types[node] == UNKNOWN:
        return writer.undeclared(node)
    other = writer.scalar(node.default)
    offset = f"CASE WHEN {found.text} IS NULL THEN {other.offset} ELSE {found.offset} END"
    return Scalar(f"coalesce({found.text}, {other.text})", offset=offset if writer.types[node] == DATE_TIME else "0")


def _moment(writer: "Writer", node: tree.Reference | tree.Loop) -> Scalar | None:
    """A field of the element that a column holds."""
    if not isinstance(node, tree.Loop) or len(node.segments) != 1 or writer.types[node] != DATE_TIME:
        return None
    bound = next((bound for bound in reversed(writer.loops) if bound.variable == node.variable), None)
    name = node.segments[0]
    found = bound.moments.get(name.text) if bound and isinstance(name, tree.Name) else None
    return Scalar(f"({found.column} AT TIME ZONE 'UTC')", moment=found) if found else None


def containment(writer: "Writer", node: Node, value: object) -> str:
    """`attributes @> {"city": "Bern"}`, which a GIN index serves, for a text or a boolean; '' for anything else."""
    if not isinstance(node, tree.Reference) or node.default is not None or not isinstance(value, str | bool):
        return ""
    names = [segment.text for segment in node.segments if isinstance(segment, tree.Name)]
    if not _reads(node, ATTRIBUTES) or len(names) < max(len(node.segments), 3) or _has_zero(names):
        return ""
    writer.reads += 1
    held: object = value
    for name in reversed(names[2:]):
        held = {name: held}
    return f"({writer.ground.attributes} @> {writer.bind(json.dumps(held, ensure_ascii=False), 'jsonb')})"


def typed(writer: "Writer", place: Json | Rows, type_: Type) -> Scalar | Rows:
    """What stands at a place, read as a value of the type."""
    if type_.is_list:
        rows = place if isinstance(place, Rows) else _elements(writer, place)
        element = type_.element or UNKNOWN
        if element == OBJECT:
            return _objects(rows)
        offset = f"engine_expression_offset(engine_expression_text({rows.value}))" if element == DATE_TIME else "0"
        return replace(rows, value=reader(element).format(rows.value), offset=offset, only_objects=False)
    text = (place if isinstance(place, Json) else _json(place)).text
    offset = f"engine_expression_offset(engine_expression_text({text}))" if type_ == DATE_TIME else "0"
    return Scalar(reader(type_).format(text), offset=offset)


def reader(type_: Type) -> str:
    """A template: the SQL that reads jsonb as the type."""
    if type_.is_list:
        return "engine_expression_list({})"
    return _READERS.get(type_, "engine_expression_object({})")


def no_rows(element: Type, alias: str) -> Rows:
    """No list."""
    source = f"(SELECT NULL::{sql_type(element)} AS v WHERE false) AS {alias}"
    return Rows(source, f"{alias}.v", (Order(f"{alias}.v"),), is_null="true")


# --- Walking ------------------------------------------------------------------------------------------------------


def _reads(node: tree.Reference, group: str) -> bool:
    names = [segment.text for segment in node.segments[:2] if isinstance(segment, tree.Name)]
    return node.source == "source" and names == [PROFILE, group]


def _walk(writer: "Writer", node: tree.Reference | tree.Loop) -> Json | Rows:
    """The JSON at the end of a path, before anybody asks for its type."""
    places = writer.notes.places[node]
    names = [segment.text for segment in node.segments if isinstance(segment, tree.Name)]
    if _has_zero(names):
        writer.refuse(node, "No field in the database is called so: a name holds U+0000.", "Leave it out.")
        return Json("NULL::jsonb")
    if isinstance(node, tree.Loop):
        bound = next((bound for bound in reversed(writer.loops) if bound.variable == node.variable), None)
        if bound is None:
            return Json("NULL::jsonb")  # its list has been refused
        return _follow(writer, Json(bound.element), bound.type, node.segments, places)
    writer.reads += 1
    if _reads(node, ATTRIBUTES):
        return _follow(writer, Json(writer.ground.attributes), OBJECT, node.segments[2:], places[2:])
    definition = node.segments[2] if len(node.segments) > 2 else None
    if _reads(node, EVENTS) and isinstance(definition, tree.Name) and places[2] == LIST_OF_OBJECTS:
        alias = writer.aliases.new()
        events = writer.ground.events(definition.text, alias, writer.bind)
        rows = Rows(
            events.table,
            events.payload,
            tuple(Order(column, falling=True) for column in events.newest_first),
            (events.where,),
            only_objects=True,
            moments=events.moments,
            belongs=events.belongs,
        )
        return _follow(writer, rows, LIST_OF_OBJECTS, node.segments[3:], places[3:])
    writer.refuse(
        node,
        "An audience knows the attributes of a profile and its events, and nothing else.",
        "Write #{Profile.attributes.field} or #{Profile.events.EventDefinition.all(...)}.",
    )
    return Json("NULL::jsonb")


def _follow(
    writer: "Writer",
    place: Json | Rows,
    holder: Type,
    segments: Sequence[tree.Name | tree.Method],
    types: Sequence[Type],
) -> Json | Rows:
    index = 0
    while index < len(segments):
        segment = segments[index]
        index += 1
        if isinstance(segment, tree.Method):
            method = _map_method if segment.name in ("keys", "firstEntryKey", "entry") else _list_method
            place = method(writer, place, holder, segment)
        elif isinstance(place, Json) and _is_object(holder):
            place = _field(writer, place, segment.text)
        else:
            # As far as lists may be on the way: what a null means further on depends on where there was one.
            names = [segment.text]
            for following in segments[index:]:
                if isinstance(following, tree.Method) or _is_object(types[index - 1]):
                    break
                names.append(following.text)
                index += 1
            place = _projection(writer, place, names)
        holder = types[index - 1]
    return place


def _is_object(type_: Type) -> bool:
    return type_.name in ("object", "map")


def _field(writer: "Writer", place: Json, name: str) -> Json:
    """The field of an object; of a picked one, it is what is picked."""
    key = writer.bind(name, "text")
    if place.picked is None:
        return Json(f"({place.text} -> {key})")
    return _picked(writer, replace(place.picked, value=f"({place.picked.value} -> {key})"), place.is_last)


def _picked(writer: "Writer", rows: Rows, is_last: bool) -> Json:
    return Json(writer.pick(rows, is_last), rows, is_last)


def _projection(writer: "Writer", place: Json | Rows, names: Sequence[str]) -> Json | Rows:
    """Fields below fields of every object of a list; lists among the results are joined into one."""
    path = writer.bind(list(names), "text[]")
    if isinstance(place, Json):
        return Json(f"engine_expression_project({place.text}, {path})")
    alias, field = writer.aliases.new(), place.value
    is_plain = []
    for name in names:
        field = f"({field} -> {writer.bind(name, 'text')})"
        is_plain.append(f"coalesce(jsonb_typeof({field}), 'null') IN ('object', 'null')")
    # Nearly always there are objects on the way and a single value at its end: there is no row beside it then. Anything
    # else is projected with care: a row for each element, or one of number 0 where there is none.
    is_plain[-1] = f"coalesce(jsonb_typeof({field}), 'null') <> 'array'"
    plain = f"({' AND '.join(is_plain if place.only_objects else ['false'])})"
    joined = f"engine_expression_project(jsonb_build_array({place.value}), {path})"
    elements = (
        "SELECT e.v, coalesce(e.n, 0) AS n FROM (SELECT) AS projected "
        f"LEFT JOIN jsonb_array_elements({joined}) WITH ORDINALITY AS e(v, n) ON true WHERE NOT {plain} OFFSET 0"
    )
    first = f"coalesce({alias}.n <= 1, true)"
    return replace(
        place,
        source=f"{place.source} LEFT JOIN LATERAL ({elements}) AS {alias} ON true",
        first=f"{place.first} AND {first}" if place.first else first,
        value=f"CASE WHEN {alias}.n IS NULL THEN {field} ELSE {alias}.v END",
        order=(*place.order, Order(f"{alias}.n")),
        keep=(*place.keep, f"({alias}.n IS DISTINCT FROM 0)"),
        only_objects=False,
        moments={},
    )


def _elements(writer: "Writer", place: Json) -> Rows:
    """The elements of a list in JSON; no rows for what is no list."""
    alias = writer.aliases.new()
    items = f"engine_expression_list({place.text})"
    source = f"jsonb_array_elements({items}) WITH ORDINALITY AS {alias}(v, n)"
    return Rows(source, f"{alias}.v", (Order(f"{alias}.n"),), is_null=f"({items} IS NULL)")


def _objects(rows: Rows) -> Rows:
    """A list of objects holds nothing else."""
    if rows.only_objects:
        return rows
    return replace(rows.filtered(f"jsonb_typeof({rows.value}) = 'object'"), only_objects=True)


def _json(rows: Rows) -> Json:
    """The rows as one list again."""
    items = f"coalesce(jsonb_agg({rows.value} ORDER BY {rows.ordered()}){FILTER}, '[]')"
    return Json(rows.aggregate(items, unless_null=True))


# --- Methods ------------------------------------------------------------------------------------------------------


def _list_method(writer: "Writer", place: Json | Rows, holder: Type, method: tree.Method) -> Json | Rows:
    if not holder.is_list:
        writer.undeclared(method)
        return Json("NULL::jsonb")
    rows = place if isinstance(place, Rows) else _elements(writer, place)
    element = holder.element or UNKNOWN
    if element == OBJECT:
        rows = _objects(rows)
    if method.name == "at":
        index = writer.scalar(method.arguments[0])
        if writer.types[method.arguments[0]] == UNKNOWN:
            writer.undeclared(method.arguments[0])
        return Json(rows.pick(rows.value, offset=f"engine_expression_place({index.text})"))
    if method.arguments:
        rows = _tested(writer, method.arguments[0], rows, element)
    if method.name == "all":
        return rows.null_when_empty()
    return _picked(writer, rows, method.name == "last")


def _tested(writer: "Writer", condition: Node, rows: Rows, element: Type) -> Rows:
    """The elements of which a condition is true."""
    reads = writer.reads
    writer.loops.append(Bound(LOOP_VARIABLE, rows.value, element, rows.moments))
    test = writer.condition(condition)
    writer.loops.pop()
    return replace(rows.filtered(test), is_alone=rows.is_alone and writer.reads == reads)


def _map_method(writer: "Writer", place: Json | Rows, holder: Type, method: tree.Method) -> Json | Rows:
    if not _is_object(holder) or isinstance(place, Rows):
        writer.undeclared(method)
        return Json("NULL::jsonb")
    if method.name == "entry":
        if writer.types[method.arguments[0]] == UNKNOWN:
            writer.undeclared(method.arguments[0])
        return Json(f"({place.text} -> {writer.scalar(method.arguments[0]).text})")
    alias = writer.aliases.new()
    source = f"jsonb_object_keys(engine_expression_object({place.text})) WITH ORDINALITY AS {alias}(k, n)"
    keys = Rows(source, f"to_jsonb({alias}.k)", (Order(f"{alias}.n"),))
    if method.name == "firstEntryKey":
        return Json(keys.pick(keys.value))
    return replace(keys, is_null=f"(engine_expression_object({place.text}) IS NULL)")


def _has_zero(names: Sequence[str]) -> bool:
    return any("\0" in name for name in names)
