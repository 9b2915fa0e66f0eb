"""Reading: the way from what is known of a person down to a field, and through lists on it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from engine.expressions import operators, tree
from engine.expressions.functions import FUNCTIONS
from engine.expressions.to_python.pieces import Bound, Code
from engine.expressions.tree import Node
from engine.expressions.types import OBJECT, UNKNOWN, Type
from engine.expressions.values import as_list, as_objects, effort_of, reader_of

if TYPE_CHECKING:
    from engine.expressions.to_python.writing import Writer

_CONTAINERS = {
    "event": "facts.events",
    "source": "facts.sources",
    "action": "facts.actions",
    "lookup": "facts.lookups",
    "decision": "facts.decisions",
}

_LOOPS = {
    "event": "currentEventField",
    "source": "currentDataPackField",
    "action": "currentActionField",
    "lookup": "currentDatasetLookupField",
}


def read(writer: "Writer", node: tree.Reference | tree.Loop | tree.Property) -> Code:
    if isinstance(node, tree.Property):
        value = f"facts.journey.get({writer.constant(node.name)})"
    else:
        value = raw(writer, node)
    found = writer.types[node]
    text = value if found == UNKNOWN else f"{writer.use(reader_of(found))}({value})"
    if isinstance(node, tree.Reference) and node.default is not None:
        name = writer.temporary()
        default = writer.required(node.default, found)
        return Code(f"({name} if ({name} := {text}) is not None else {default.text})", default.nullable)
    return Code(text)


def raw(writer: "Writer", node: tree.Reference | tree.Loop) -> str:
    """The JSON value at the end of the path."""
    places = writer.places[node]
    if isinstance(node, tree.Loop):
        bound = next(bound for bound in reversed(writer.loops) if bound.variable == node.variable)
        return _path(writer, bound.parameter, bound.element, node.segments, places, node.variable)
    variable = _LOOPS.get(node.source, "")
    if node.params is not None:
        given = ", ".join(f"{writer.constant(param.name)}: {writer.value(param.value).text}" for param in node.params)
        source, name = (cast(tree.Name, segment).text for segment in node.segments[:2])
        text = f"{writer.use(operators.group)}(facts, {writer.constant(source)}, {writer.constant(name)}, {{{given}}})"
        return _follow(writer, text, OBJECT, node.segments[2:], places[2:], variable)
    return _path(writer, _CONTAINERS[node.source], OBJECT, node.segments, places, variable)


def _path(
    writer: "Writer",
    local: str,
    holder: Type,
    segments: Sequence[tree.Name | tree.Method],
    places: Sequence[Type],
    variable: str,
) -> str:
    """Objects at the beginning of the path become local variables; the rest is read where it is used."""
    is_object = holder == OBJECT
    index = 0
    way: list[str] = []  # objects that lie on the way, one after the other
    while (
        index + 1 < len(segments)
        and isinstance(segments[index + 1], tree.Name)
        and isinstance(segments[index], tree.Name)
        and places[index].name in ("object", "map", "unknown")
    ):
        holder = places[index]
        way.append(cast(tree.Name, segments[index]).text)
        if holder == UNKNOWN:
            local, is_object, way = _place(writer, local, is_object, way, False), False, []
        elif not is_object:
            local, is_object, way = _place(writer, local, is_object, way, True), True, []
        index += 1
    if way:
        local = _place(writer, local, is_object, way, True)
    if index == len(segments):
        return local
    head = segments[index]
    if isinstance(head, tree.Name):
        text = _get(writer, local, is_object, head.text)
        return _follow(writer, text, places[index], segments[index + 1 :], places[index + 1 :], variable)
    return _follow(writer, local, holder, segments[index:], places[index:], variable)


def _get(writer: "Writer", local: str, is_object: bool, name: str) -> str:
    key = writer.constant(name)
    if is_object:
        return f"{local}.get({key})"
    return f"({local}.get({key}) if type({local}) is dict else {writer.use(operators.project)}({local}, {key}))"


def _place(writer: "Writer", local: str, is_object: bool, way: Sequence[str], becomes_object: bool) -> str:
    """The local variable for what lies at the end of the way, looked up at the head of the function."""
    frame = writer.frame
    if len(way) > 1 and not becomes_object:
        local, way = _place(writer, local, is_object, way[:-1], True), way[-1:]
    key = (local, tuple(way), becomes_object)
    if key in frame.places:
        return frame.places[key]
    variable = f"p{len(frame.places) + 1}"
    frame.places[key] = variable
    if not is_object or not becomes_object:
        frame.head.append(f"{variable} = {_get(writer, local, is_object, way[0])}")
    else:
        # Subscripts are faster than get(), and nearly always there is something.
        steps = "".join(f"[{writer.constant(name)}]" for name in way)
        frame.head.append(f"try: {variable} = {local}{steps}")
        frame.head.append(f"except (KeyError, TypeError): {variable} = EMPTY")
    if becomes_object:
        frame.head.append(f"if type({variable}) is not dict: {variable} = EMPTY")
    return variable


def _follow(
    writer: "Writer",
    text: str,
    holder: Type,
    segments: Sequence[tree.Name | tree.Method],
    places: Sequence[Type],
    variable: str,
) -> str:
    for segment, place in zip(segments, places, strict=True):
        if isinstance(segment, tree.Name):
            read = operators.member if holder.name in ("object", "map") else operators.project
            text = f"{writer.use(read)}({text}, {writer.constant(segment.text)})"
        else:
            text = _method(writer, text, holder, segment, variable)
        holder = place
    return text


def _method(writer: "Writer", text: str, holder: Type, segment: tree.Method, variable: str) -> str:
    if segment.name == "keys":
        return f"{writer.use(operators.keys)}({text})"
    if segment.name == "firstEntryKey":
        return f"{writer.use(operators.first_entry_key)}({text})"
    if segment.name == "entry":
        return f"{writer.use(operators.entry)}({text}, {writer.value(segment.arguments[0]).text})"
    as_items = as_objects if holder.element == OBJECT else (as_list if holder.is_list else operators.listed)
    if segment.name == "all" and segment.arguments and holder.element == OBJECT:  # most rules: in one pass
        return f"{writer.use(operators.every_object)}({text}, {_testing(writer, holder, segment, variable)})"
    items = f"{writer.use(as_items)}({text})"
    if segment.name == "at":
        return f"{writer.use(operators.at)}({items}, {writer.value(segment.arguments[0]).text})"
    choose = {"all": operators.every, "first": operators.first, "last": operators.last}[segment.name]
    if not segment.arguments:
        return f"{writer.use(choose)}({items})"
    return f"{writer.use(choose)}({items}, {_testing(writer, holder, segment, variable)})"


def _testing(writer: "Writer", holder: Type, segment: tree.Method, variable: str) -> str:
    """The arguments that say which elements pass: a test, what it is given, its effort."""
    test, context = _test(writer, segment.arguments[0], holder.element or UNKNOWN, variable)
    effort = sum(_effort(writer, node) for node, _ in tree.walk(segment.arguments[0]))
    return f"{test}, {context}, {effort}"


def _effort(writer: "Writer", node: Node) -> int:
    """The units of evaluating one node, what lies below it left out."""
    if isinstance(node, tree.Call):
        return 30 if FUNCTIONS[node.name].reads_facts else 5  # those of the present moment take 3 us
    return effort_of(writer.types.get(node, UNKNOWN)) if isinstance(node, tree.Reference | tree.Loop) else 1


def _test(writer: "Writer", condition: Node, element: Type, variable: str) -> tuple[str, str]:
    """A condition about the elements of a list as a function, and what is passed to it before the element."""
    outer = writer.frame.parameters
    bound = Bound(variable, f"loop{len(writer.loops) + 1}", element)
    writer.loops.append(bound)
    with writer.function((*outer, bound.parameter)) as frame:
        result = writer.condition(condition)
    writer.finish(frame, result.text)
    writer.loops.pop()
    return frame.name, f"({', '.join(('facts', *outer))},)"
