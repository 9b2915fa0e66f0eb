"""Which names an expression may use at a node: the events on the way to it, the profile, the actions, the journey."""

from dataclasses import replace

from engine.activities import all_types
from engine.activities.business_event import BusinessEvent
from engine.activities.custom_action import CustomAction
from engine.activities.event import Event
from engine.activities.read_audience import ReadAudience
from engine.definition.graph import Graph
from engine.definition.world import World
from engine.expressions import Schema, Scope, Type, parse_type
from engine.expressions.paths import segment

# What every custom action leaves behind, whatever its answer holds.
ACTION_RESPONSE = Schema({"jo_status_code": "string"})

# What the exit by an attribute sees: it is looked at wherever somebody acts, whatever way they came.
PROFILE_ALONE = Scope(sources={"Profile": {"attributes": Schema()}}, journey={})
PROFILE = "@profile"  # where editors say that such an expression stands; no node can be called so


def scope_at(graph: Graph, node: str, world: World) -> Scope:
    """The names in scope at `node`. A step is known by its node id with _ for -, an event by its definition.

    Without a node: those for the properties of the journey, which may speak of any event. At `PROFILE`: the person's
    attributes, and nothing else.
    """
    if node == PROFILE:
        return replace(PROFILE_ALONE, sources={"Profile": {"attributes": world.profile}})
    if not node:
        every = {name: shape.schema for name, shape in world.events.items()}
        return replace(scope_anywhere(graph, world), events=every)
    passed = graph.before(node)
    if node in graph.node and graph.node[node].type == ReadAudience.face.kind:
        passed.add(node)  # people are known there, with what an uploaded list says of them
    return _scope(graph, passed, world)


def scope_anywhere(graph: Graph, world: World) -> Scope:
    """The names of the whole journey, for what stands at no node yet."""
    return _scope(graph, set(graph.node), world)


def scope_of_exit(graph: Graph, event: str, world: World) -> Scope:
    """The names for an exit criterion: the event that may meet it, if any, and whatever a person may have passed."""
    anywhere = scope_anywhere(graph, world)
    shape = world.events.get(event)
    return replace(anywhere, events={**anywhere.events, event: shape.schema}) if shape else anywhere


def _scope(graph: Graph, passed: set[str], world: World) -> Scope:
    events: dict[str, Schema] = {}
    actions: dict[str, Schema] = {}
    for name in sorted(passed):
        before = graph.node[name]
        if before.type in (Event.face.kind, BusinessEvent.face.kind):
            shape = world.events.get(str(before.settings.get("event", "")))
            if shape is not None:
                events[shape.name] = shape.schema
        elif before.type == CustomAction.face.kind:
            actions[action_name(name)] = ACTION_RESPONSE
        elif before.type in all_types() and (says := all_types()[before.type].face.says):
            audience = world.audiences.get(str(before.settings.get("audience")))
            columns = audience.columns if audience and before.type == ReadAudience.face.kind else ()
            events[action_name(name)] = Schema({**says, **{segment(one): "string" for one in columns}}, closed=True)
    return Scope(events=events, sources={"Profile": {"attributes": world.profile}}, actions=actions)


def action_name(node: str) -> str:
    """How expressions call what a node was answered, or says itself: `@action{custom_action_1.jo_status_code}`,
    `@event{audience_qualification_1.status}`."""
    return node.replace("-", "_")


def wanted(expect: str) -> Type | None:
    """The type that a place in the settings asks for; None where anything may stand."""
    return None if expect == "any" else parse_type(expect)
