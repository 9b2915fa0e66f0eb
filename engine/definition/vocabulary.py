"""What an author may write at a node: fields and functions, for the editors."""

from typing import Any

from engine import expressions
from engine.definition.graph import Graph
from engine.definition.scope import scope_at, wanted
from engine.definition.world import World
from engine.expressions import Schema, Scope, Type, list_of, parse_type
from engine.expressions.functions import FUNCTIONS
from engine.expressions.paths import joined, split_path


def vocabulary(graph: Graph, node: str, world: World) -> dict[str, Any]:
    """What may be written at `node`."""
    return vocabulary_of(scope_at(graph, node, world))


def vocabulary_of(scope: Scope) -> dict[str, Any]:
    """Every field in scope, with the text to insert and its type; every function, with its documentation.

    A field also says where it stands: below which names (`root`), on which `path` there, and as what (`element`) an
    element of the list that it belongs to (`list`) has it, for conditions about the elements.
    """
    fields: list[dict[str, Any]] = []
    for name, schema in scope.events.items():
        fields += _fields("event", "@event", [name], schema)
    for source, groups in scope.sources.items():
        for group, schema in groups.items():
            fields += _fields("profile", "#", [source, group], schema)
    for name, schema in scope.actions.items():
        fields += _fields("action", "@action", [name], schema)
    fields += [
        {"insert": f"${{{name}}}", "label": name, "type": str(type_), "source": "journey", "root": [], "path": [name]}
        for name, type_ in sorted(scope.journey.items())
    ]
    functions = [{**entry, "family": FUNCTIONS[entry["name"]].family} for entry in expressions.describe()]
    return {"fields": fields, "functions": functions}


def checked(text: str, graph: Graph, node: str, world: World, expect: str) -> dict[str, Any]:
    """The type of an expression at `node` and everything that is wrong with it."""
    return _checked(text, scope_at(graph, node, world), expect)


def checked_rule(text: str, name: str, world: World, expect: str) -> dict[str, Any]:
    """The same for the rule or the key of an event definition, which sees its own payload only."""
    shape = world.events.get(name)
    return _checked(text, Scope(events={name: shape.schema if shape else Schema()}), expect)


def _checked(text: str, scope: Scope, expect: str) -> dict[str, Any]:
    found = expressions.check(text, scope, wanted(expect))
    return {
        "type": str(found.type) if found.type else None,
        "problems": [problem.as_json() for problem in found.problems],
    }


def _fields(source: str, sign: str, root: list[str], schema: Schema) -> list[dict[str, Any]]:
    found = []
    for path, type_ in sorted(schema.fields.items()):
        names = list(split_path(path))
        above = _list_above(schema, names)
        field = {
            "insert": f"{sign}{{{joined(root)}.{path}}}",
            "label": f"{root[0]}.{path}",
            "type": str(type_),
            "source": source,
            "root": root,
            "path": names,
        }
        if above:
            # Through a list, a path leads to the list of what all of its elements hold.
            field |= {"type": str(_listed(type_)), "element": str(type_), "list": above}
        found.append(field)
    return found


def _list_above(schema: Schema, names: list[str]) -> list[str]:
    """The path of the innermost list that these names lead through; empty when they lead through none."""
    branch, above = schema.root, []
    for depth, name in enumerate(names[:-1], start=1):
        branch = branch.children[name]
        if branch.type.is_list:
            above = names[:depth]
    return above


def _listed(type_: Type | str) -> Type:
    found = parse_type(type_) if isinstance(type_, str) else type_
    return found if found.is_list else list_of(found)
