"""What an author may write at a node: fields and functions, for the editors."""

from typing import Any

from engine import expressions
from engine.definition.graph import Graph
from engine.definition.scope import scope_at, wanted
from engine.definition.world import World
from engine.expressions import Schema, Scope
from engine.expressions.paths import segment


def vocabulary(graph: Graph, node: str, world: World) -> dict[str, Any]:
    """Every field in scope at `node`, with the text to insert and its type; every function, with its documentation."""
    scope = scope_at(graph, node, world)
    fields: list[dict[str, str]] = []
    for name, schema in scope.events.items():
        fields += _fields("event", f"@event{{{segment(name)}.", "}", name, schema)
    for source, groups in scope.sources.items():
        for group, schema in groups.items():
            fields += _fields("profile", f"#{{{source}.{group}.", "}", source, schema)
    for name, schema in scope.actions.items():
        fields += _fields("action", f"@action{{{name}.", "}", name, schema)
    fields += [
        {"insert": f"${{{name}}}", "label": name, "type": str(type_), "source": "journey"}
        for name, type_ in sorted(scope.journey.items())
    ]
    return {"fields": fields, "functions": expressions.describe()}


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


def _fields(source: str, before: str, after: str, name: str, schema: Schema) -> list[dict[str, str]]:
    return [
        {"insert": f"{before}{path}{after}", "label": f"{name}.{path}", "type": str(type_), "source": source}
        for path, type_ in sorted(schema.fields.items())
    ]
