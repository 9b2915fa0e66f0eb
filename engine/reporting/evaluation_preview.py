"""What an expression yields for one person, before a journey asks it of anybody."""

from collections.abc import Mapping
from typing import Any

from engine import clock
from engine.definition.graph import Graph
from engine.definition.inference import sample_of
from engine.definition.scope import scope_at, wanted
from engine.definition.world import World
from engine.errors import JourneyOptError
from engine.expressions import BOOLEAN, Facts, Scope, check, to_json
from engine.expressions import compile as compile_expression
from engine.expressions.values import Value, type_of
from engine.masking import masked
from engine.models import Profile
from engine.reporting.chosen import latest_of_nobody, latest_payloads, person_named
from engine.reporting.people import names_of
from engine.store.world import world_of

LONGEST_TEXT = 2_000
MOST_ELEMENTS = 100
DEEPEST = 20
ANSWERED = {"jo_status_code": "http_200"}  # what an action says when nothing went wrong

Payloads = Mapping[str, Mapping[str, Any]]


def preview_expression(
    *,
    sandbox_id: int,
    graph: Graph,
    node: str,
    text: str,
    expect: str,
    profile: str,
    events: Payloads,
    actions: Payloads,
    journey: Mapping[str, Any],
) -> dict[str, Any]:
    """What the expression at `node` yields, of which type, and from what; or why it yields nothing.

    `profile`: 'namespace:value', an id, or '' for nobody in particular. An event's payload is the one given, else the
    person's latest of that event, or the latest business event, else an example that fits its schema. What is not
    given has no secrets any more when the expression sees it, so that none can be told by one.
    """
    world = world_of(sandbox_id)
    scope = scope_at(graph, node, world)
    person = person_named(sandbox_id=sandbox_id, text=profile)
    own = latest_payloads(person, scope.events) if person else {}
    latest = {**latest_of_nobody(sandbox_id, scope.events), **own}
    known = {name: masked(payload) for name, payload in latest.items()}
    examples = {name: _example(name, scope, world) for name in scope.events}
    taken: dict[str, Any] = {**examples, **known, **{name: events[name] for name in scope.events if name in events}}
    attributes = person.attributes if person else {}
    shown = masked(attributes)
    facts = Facts(
        taken,
        {"Profile": {"attributes": shown}},
        {name: dict(actions.get(name, ANSWERED)) for name in scope.actions},
        {},
        {},
        {**journey, **({"profileId": str(person.id)} if person else {})},
        {},
        clock.now(),
    )
    return {
        **_result(text, scope, expect, facts),
        "profile": _named(person),
        "attributes": shown,
        "events": {name: _taken(taken[name], _origin(name, events, own, latest)) for name in scope.events},
        "actions": {name: _taken(ANSWERED, "given" if name in actions else "example") for name in scope.actions},
        "is_hidden": shown != attributes or any(known[name] != latest[name] for name in latest if name not in events),
    }


def _example(name: str, scope: Scope, world: World) -> dict[str, Any]:
    """A payload that fits: of an event by its schema, of what a step says itself by the types of its fields."""
    if name in world.events:
        return sample_of(world.events[name].json_schema)
    fields = scope.events[name].fields
    return {path: "2026-01-31T09:30:00Z" if str(type_) == "dateTime" else "text" for path, type_ in fields.items()}


def _origin(name: str, *known: Mapping[str, Any]) -> str:
    origins = ("given", "person", "latest")
    return next((origin for origin, found in zip(origins, known, strict=True) if name in found), "example")


def _taken(payload: Any, origin: str) -> dict[str, Any]:
    """What was evaluated with, and where it is from. What was given is not given back."""
    return {"origin": origin} if origin == "given" else {"payload": payload, "origin": origin}


def _result(text: str, scope: Scope, expect: str, facts: Facts) -> dict[str, Any]:
    """{"has_value", "value", "type", "is_cut", "error", "problems"}."""
    nothing = {"has_value": False, "value": None, "type": None, "is_cut": False, "error": None}
    type_ = wanted(expect)
    problems = check(text, scope, type_).problems
    if problems:
        return {**nothing, "problems": [problem.as_json() for problem in problems]}
    compiled = compile_expression(text, scope, type_)
    try:
        value = compiled(facts)
    except JourneyOptError as error:
        return {**nothing, "error": {"message": error.message, "hint": error.hint}, "problems": []}
    shown, is_cut = _shortened(to_json(value), 0)
    found = BOOLEAN if type_ == BOOLEAN else compiled.type if not compiled.type.is_open else type_of(value)
    return {**nothing, "has_value": True, "value": shown, "type": str(found), "is_cut": is_cut, "problems": []}


def _named(person: Profile | None) -> dict[str, str] | None:
    if person is None:
        return None
    return {"id": str(person.id), "identity": names_of({person.id}).get(person.id, str(person.id))}


def _shortened(value: Value, depth: int) -> tuple[Value, bool]:
    """The value as far as a person would read it, and whether something was left out."""
    match value:
        case str() if len(value) > LONGEST_TEXT:
            return f"{value[:LONGEST_TEXT]}…", True
        case list() | dict() if depth >= DEEPEST:
            return "…", True
        case list():
            items = [_shortened(item, depth + 1) for item in value[:MOST_ELEMENTS]]
            return [item for item, _ in items], len(value) > len(items) or any(cut for _, cut in items)
        case dict():
            fields = {name: _shortened(inner, depth + 1) for name, inner in list(value.items())[:MOST_ELEMENTS]}
            cut = len(value) > len(fields) or any(cut for _, cut in fields.values())
            return {name: inner for name, (inner, _) in fields.items()}, cut
    return value, False
