"""From a graph to a plan: every node compiled once per published version, every port resolved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from engine import expressions
from engine.activities import all_types
from engine.activities.base import Behaviour, CompileExpression, Reading
from engine.activities.business_event import BusinessEvent
from engine.activities.event import Event
from engine.definition.beginning import beginning_of
from engine.definition.graph import Graph
from engine.definition.properties import Properties
from engine.definition.reading import reading_in, settings_at
from engine.definition.scope import action_name, scope_at, scope_of_exit, wanted
from engine.definition.world import World
from engine.errors import JourneyOptError
from engine.expressions import Facts


class NotCompilable(JourneyOptError):
    """The graph has mistakes; `problems` lists them."""

    code = "definition.not_compilable"
    status = 422


@dataclass(frozen=True, kw_only=True, slots=True)
class Crossing:
    """A port with listeners: people stand here until one of the passive nodes behind it fires.

    `signals`: signal -> the node that waits for it. `timers`: (node, how long or until when, the port it leaves by).
    """

    nodes: tuple[str, ...]
    signals: Mapping[str, str]
    timers: tuple[tuple[str, timedelta | Callable[[Facts], Any], str], ...]


@dataclass(frozen=True, slots=True)
class Exit:
    """An exit criterion, compiled. `is_met` sees the event's payload, if it is one, among those the person passed."""

    label: str
    is_met: Callable[[Facts], Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A definition, compiled. Never changes."""

    version_id: int
    sandbox_id: int
    sandbox_name: str = ""
    journey_id: int
    name: str
    number: str
    properties: Properties
    start: str
    start_event: str  # of a person; '' when an audience is read, or a change of one lets people in
    starts_on: tuple[str, ...] = ()  # the signals that let people in
    reading: Reading | None = None  # how an audience is read into it
    reads_at: str = ""  # and at which node
    supplement: Callable[[Facts], Any] | None = None  # what the runs of a person who is read are about
    namespace: str = ""  # of the keys of those who enter
    supplemental: str = ""  # of its supplemental ids
    behaviours: Mapping[str, Behaviour]
    kinds: Mapping[str, str]
    labels: Mapping[str, str]
    targets: Mapping[tuple[str, str], str]
    crossings: Mapping[tuple[str, str], Crossing]
    said_as: Mapping[str, str]  # a node that listens, or lets people in -> what expressions call its payload
    signals_in_flow: frozenset[str] = field(default_factory=frozenset)
    exits: Mapping[str, tuple[Exit, ...]] = field(default_factory=dict)  # signal -> the criteria it may meet
    caps: frozenset[str] = field(default_factory=frozenset)  # nodes that count places
    jumps: frozenset[int] = field(default_factory=frozenset)  # the journeys that its people may be led into
    successes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # event -> experiments it counts for
    hears: frozenset[str] = field(default_factory=frozenset)  # signals that may concern people inside
    audiences: frozenset[str] = field(default_factory=frozenset)  # whose members its expressions ask for
    reads_journey: bool = True  # whether any expression mentions a journey property; working them out takes time


def compile_plan(
    graph: Graph,
    world: World,
    *,
    version_id: int,
    sandbox_id: int,
    journey_id: int,
    name: str,
    number: str,
    properties: Properties,
    sandbox_name: str = "",
) -> Plan:
    """The plan of a graph without errors (`rules.problems_of`). NotCompilable if an expression is wrong after all."""
    behaviours: dict[str, Behaviour] = {}
    compiled: list[expressions.Compiled] = []
    said_as: dict[str, str] = {}
    for node in graph.nodes:
        activity = all_types()[node.type].model_validate(settings_at(graph, node))
        try:
            behaviours[node.id] = activity.compile(_compiler(scope_at(graph, node.id, world), compiled))
        except expressions.ExpressionError as error:
            raise NotCompilable(
                f"{node.id} holds an expression with a mistake.",
                problems=[replace(problem, node=node.id) for problem in error.problems],
            ) from error
        if isinstance(activity, Event | BusinessEvent):
            said_as[node.id] = activity.event
        elif activity.face.says:
            said_as[node.id] = action_name(node.id)
    exits = _exits(graph, world, properties, compiled)
    begins = beginning_of(graph, world)
    assert begins is not None
    starts_on = _signals(behaviours[begins.node])
    reads_at, reading = reading_in(graph) or ("", None)
    targets: dict[tuple[str, str], str] = {}
    crossings: dict[tuple[str, str], Crossing] = {}
    for port, nodes in graph.targets.items():
        if behaviours[nodes[0]].listening is None:
            targets[port] = nodes[0]
        else:
            crossings[port] = _crossing(nodes, behaviours)
    return Plan(
        version_id=version_id,
        sandbox_id=sandbox_id,
        sandbox_name=sandbox_name,
        journey_id=journey_id,
        name=name,
        number=number,
        properties=properties,
        start=begins.node,
        start_event=begins.event,
        starts_on=starts_on,
        reading=reading,
        reads_at=reads_at,
        supplement=behaviours[reads_at].supplement if reads_at else None,
        namespace=begins.namespace or "",
        supplemental=begins.supplemental,
        behaviours=behaviours,
        kinds={node.id: node.type for node in graph.nodes},
        labels={node.id: node.label or node.id for node in graph.nodes},
        targets=targets,
        crossings=crossings,
        said_as=said_as,
        signals_in_flow=(
            in_flow := frozenset(
                signal for node, found in behaviours.items() if node != begins.node for signal in _signals(found)
            )
        ),
        exits=exits,
        caps=frozenset(node for node, behaviour in behaviours.items() if behaviour.counts_places),
        jumps=frozenset(found.jumps_to for found in behaviours.values() if found.jumps_to is not None),
        successes=_successes(behaviours),
        hears=in_flow | exits.keys(),
        audiences=frozenset(name for found in compiled for name in expressions.references(found.tree).audiences),
        reads_journey=any(expressions.references(found.tree).journey for found in compiled),
    )


def _signals(behaviour: Behaviour) -> tuple[str, ...]:
    return behaviour.listening.signals if behaviour.listening else ()


def _successes(behaviours: Mapping[str, Behaviour]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for node, behaviour in behaviours.items():
        if behaviour.success:
            found[behaviour.success] = (*found.get(behaviour.success, ()), node)
    return found


def _exits(
    graph: Graph, world: World, properties: Properties, compiled: list[expressions.Compiled]
) -> dict[str, tuple[Exit, ...]]:
    """The exit criteria by signal, each signal's in their order."""
    exits: dict[str, tuple[Exit, ...]] = {}
    for criterion in properties.exit_criteria:
        compile_expression = _compiler(scope_of_exit(graph, criterion.event, world), compiled)
        try:
            is_met = compile_expression(criterion.condition or "true", "boolean")
        except expressions.ExpressionError as error:
            raise NotCompilable(
                f"The exit criterion {criterion.label!r} has a mistake.", problems=error.problems
            ) from error
        exits[criterion.signal] = (*exits.get(criterion.signal, ()), Exit(criterion.label, is_met))
    return exits


def _compiler(scope: expressions.Scope, compiled: list[expressions.Compiled]) -> CompileExpression:
    """What activities compile their expressions with, at one node. Everything compiled is noted in `compiled`."""

    def compile_expression(text: str, expect: str) -> expressions.Compiled:
        found = expressions.compile(text, scope, wanted(expect))
        compiled.append(found)
        return found

    return compile_expression


def _crossing(nodes: tuple[str, ...], behaviours: Mapping[str, Behaviour]) -> Crossing:
    listening = [(node, behaviours[node].listening) for node in dict.fromkeys(nodes)]
    return Crossing(
        nodes=tuple(node for node, _ in listening),
        signals={signal: node for node, found in listening if found for signal in found.signals},
        timers=tuple(
            (node, when, found.timer_port)
            for node, found in listening
            if found and (when := found.delay or found.until) is not None
        ),
    )
