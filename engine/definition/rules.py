"""Whole-graph checks: everything that stands between a draft and being published, all at once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from graphlib import CycleError, TopologicalSorter

from pydantic import ValidationError

from engine import expressions
from engine.activities import all_types
from engine.activities.audience_qualification import AudienceQualification
from engine.activities.base import Activity
from engine.activities.event import Event
from engine.activities.experiment import Experiment
from engine.definition.beginning import beginning_of
from engine.definition.graph import Graph, Node
from engine.definition.jumping import jump_problems
from engine.definition.properties import Properties
from engine.definition.reading import (
    belongs_to_nobody,
    early_waves,
    past_problems,
    reading_problems,
    settings_at,
)
from engine.definition.scope import scope_at, scope_of_exit, wanted
from engine.definition.unknown import unknown_audience, unknown_event
from engine.definition.world import World
from engine.problems import Problem

MOST_ACTIVITIES = 50  # what the reference advises; beyond it we warn
HARD_LIMIT = 1_000


def problems_of(
    graph: Graph, world: World, properties: Properties | None = None, now: datetime | None = None
) -> list[Problem]:
    """Every problem of a well-formed graph: first the journey's own, then by node from left to right.

    `properties`: None when they are wrong themselves, and nothing can be said of them here. `now`: None where it does
    not matter what lies in the past.
    """
    settings: dict[str, Activity] = {}
    found = list(_reading_settings(graph, settings))
    found += _structure(graph, settings)
    found += _ports(graph, settings)
    found += _events(graph, settings, world)
    beginning = beginning_of(graph, world)
    found += _audiences(graph, settings, world)
    found += reading_problems(graph, settings, world)
    found += early_waves(settings, properties) if properties else ()
    found += past_problems(settings, now) if now is not None else ()
    found += jump_problems(settings, beginning.shape if beginning else None, world)
    found += _expressions(graph, settings, world)
    found += _successes(settings, world)
    found += _exit_criteria(graph, settings, world, properties) if properties else ()
    found += _rule_set(world, properties) if properties else ()
    place = {node.id: (node.position.x, node.position.y) for node in graph.nodes}
    return sorted(found, key=lambda problem: (problem.node is not None, place.get(problem.node or "", (0, 0))))


def _reading_settings(graph: Graph, settings: dict[str, Activity]) -> Iterator[Problem]:
    for node in graph.nodes:
        activity = all_types().get(node.type)
        if activity is None or not activity.face.placeable:
            yield Problem(
                code="ERR_UNKNOWN_ACTIVITY",
                message=f"There is no activity {node.type!r}.",
                hint="Delete the node, or replace it by an activity of the palette.",
                node=node.id,
            )
            continue
        try:
            settings[node.id] = activity.model_validate(settings_at(graph, node))
        except ValidationError as error:
            for at in error.errors(include_url=False, include_input=False, include_context=False):
                yield _setting_problem(node, activity, at["type"], at["loc"], at["msg"])
            continue
        for problem in settings[node.id].problems():
            yield replace(problem, node=node.id)


def _setting_problem(
    node: Node, activity: type[Activity], kind: str, place: tuple[int | str, ...], message: str
) -> Problem:
    field = ".".join(map(str, place))
    known = activity.model_fields.get(str(place[0])) if place else None
    title = (known.title if known and known.title else field) or "The settings"
    if kind in ("missing", "string_too_short", "too_short"):
        return Problem(
            code="ERR_MISSING_SETTING",
            message=f"{title} is empty.",
            hint="Fill it in.",
            node=node.id,
            field=field,
        )
    return Problem(
        code="ERR_SETTING",
        message=f"{title}: {message.removeprefix('Value error, ')}",
        hint="Correct the value.",
        node=node.id,
        field=field,
    )


def _structure(graph: Graph, settings: dict[str, Activity]) -> Iterator[Problem]:
    if not graph.nodes:
        yield Problem(code="ERR_EMPTY", message="The journey is empty.", hint="Drag an event onto the canvas to begin.")
        return
    if len(graph.nodes) > HARD_LIMIT:
        yield Problem(
            code="ERR_TOO_MANY_ACTIVITIES",
            message=f"The journey has {len(graph.nodes)} activities; {HARD_LIMIT} is the most.",
            hint="Split it into several journeys.",
        )
    elif len(graph.nodes) > MOST_ACTIVITIES:
        yield Problem(
            code="ERR_MANY_ACTIVITIES",
            message=f"The journey has {len(graph.nodes)} activities; beyond {MOST_ACTIVITIES} it is hard to follow.",
            hint="Consider splitting it.",
            severity="warning",
        )
    starts = []
    for node in graph.nodes:
        if node.id in graph.entered or node.type not in all_types():
            continue
        if all_types()[node.type].face.start:
            starts.append(node.id)
        else:
            yield Problem(
                code="ERR_NOT_CONNECTED",
                message="Nothing leads to this activity.",
                hint="Draw a line to it, or delete it.",
                node=node.id,
            )
    if not starts:
        yield Problem(
            code="ERR_NO_START",
            message="Nothing starts the journey.",
            hint="Put an event in front.",
        )
    for extra in starts[1:]:
        yield Problem(
            code="ERR_TWO_STARTS",
            message="The journey has another start already.",
            hint=f"Connect this event behind another activity, or delete it; the journey starts with {starts[0]}.",
            node=extra,
        )
    try:
        tuple(TopologicalSorter({node.id: graph.sources.get(node.id, ()) for node in graph.nodes}).static_order())
    except CycleError as error:
        ring = [str(name) for name in error.args[1]]
        yield Problem(
            code="ERR_CYCLE",
            message=f"The lines go round in a circle: {' → '.join(reversed(ring))}.",
            hint="Remove one of these lines.",
            node=ring[0],
        )


def _ports(graph: Graph, settings: dict[str, Activity]) -> Iterator[Problem]:
    for (name, port), targets in graph.targets.items():
        activity = settings.get(name)
        if activity is not None and port not in activity.ports():
            yield Problem(
                code="ERR_UNKNOWN_PORT",
                message=f"A line leaves by {port!r}, which this activity does not have.",
                hint="Delete the line, or switch the path on again.",
                node=name,
            )
        distinct = set(targets)
        if len(distinct) < 2:
            continue
        known = [settings[target] for target in sorted(distinct) if target in settings]
        if any(not sibling.face.passive for sibling in known):
            yield Problem(
                code="ERR_SIBLINGS",
                message="Several lines leave by one port, but not all lead to an event or a wait.",
                hint="Only events and waits can stand side by side: the first to happen wins.",
                node=name,
            )
        listening = [sibling for sibling in known if isinstance(sibling, Event | AudienceQualification)]
        if sum(sibling.timeout is not None for sibling in listening) > 1:
            yield Problem(
                code="ERR_TWO_TIMEOUTS",
                message="Two steps side by side that wait for something both have a timeout.",
                hint="Set it on one of them: it holds for the whole group.",
                node=name,
            )
        signals = [signal for sibling in listening for signal in sibling.signals()]
        if len(set(signals)) < len(signals):
            yield Problem(
                code="ERR_SAME_EVENT_TWICE",
                message="Two steps side by side wait for the same.",
                hint="Keep one of them.",
                node=name,
            )


def _events(graph: Graph, settings: dict[str, Activity], world: World) -> Iterator[Problem]:
    used = {name: activity for name, activity in settings.items() if isinstance(activity, Event)}
    beginning = beginning_of(graph, world)
    namespace = beginning.namespace if beginning else None
    supplemental = beginning.supplemental if beginning and beginning.namespace is not None else None
    if beginning and namespace == "":
        yield from _nobody(settings, beginning.event)
    for name, activity in used.items():
        shape = world.events.get(activity.event)
        if shape is None:
            yield unknown_event(activity.event, world.events, node=name, field="event")
        elif shape.is_business:
            yield belongs_to_nobody(activity.event, node=name, field="event")
        elif namespace is not None and shape.namespace != namespace:
            yield Problem(
                code="ERR_NAMESPACE",
                message=f"{activity.event} is keyed by {shape.namespace or 'no namespace'}, the journey's start by "
                f"{namespace or 'no namespace'}.",
                hint="All events of a journey must share one namespace.",
                node=name,
                field="event",
            )
        elif supplemental is not None and shape.supplemental != supplemental:
            yield Problem(
                code="ERR_SUPPLEMENTAL",
                message=f"{activity.event} has {_supplemental(shape.supplemental)}, the journey's start "
                f"{_supplemental(supplemental)}.",
                hint="All events of a journey must share one supplemental id.",
                node=name,
                field="event",
            )
        if name not in graph.entered and activity.timeout is not None:
            yield _timeout_at_start(name)


def _nobody(settings: dict[str, Activity], event: str) -> Iterator[Problem]:
    """The steps that need to know who the person is, in a journey that begins with an event that does not say it."""
    for name, activity in settings.items():
        if activity.face.needs_person:
            yield Problem(
                code="ERR_NO_PERSON",
                message=f"{event}, with which the journey begins, has no namespace: nobody knows who the person is.",
                hint="Give the event a namespace, or begin with another one.",
                node=name,
            )


def _audiences(graph: Graph, settings: dict[str, Activity], world: World) -> Iterator[Problem]:
    """The steps that speak of an audience: whether it is there and was evaluated, and what a beginning needs."""
    for name, activity in settings.items():
        audience = getattr(activity, "audience", None)
        if not isinstance(audience, str) or not activity.face.says:
            continue
        shape = world.audiences.get(audience)
        if shape is None:
            yield unknown_audience(audience, world.audiences, node=name, field="audience")
        elif not shape.is_evaluated:
            yield Problem(
                code="ERR_NEVER_EVALUATED",
                message=f"{audience!r} was never evaluated: nobody is in it yet.",
                hint="Evaluate it, or wait until it is due.",
                node=name,
                field="audience",
                severity="warning",
            )
        if name in graph.entered:
            continue
        if not getattr(activity, "namespace", ""):
            yield Problem(
                code="ERR_NO_NAMESPACE",
                message="The journey begins here, and nothing says what its people are known by.",
                hint="Choose a namespace.",
                node=name,
                field="namespace",
            )
        if getattr(activity, "timeout", None) is not None:
            yield _timeout_at_start(name)


def _timeout_at_start(node: str) -> Problem:
    return Problem(
        code="ERR_TIMEOUT_AT_START",
        message="The first step of a journey has no timeout.",
        hint="Remove the timeout.",
        node=node,
        field="timeout",
    )


def _asked(checked: expressions.Checked, world: World, *, field: str, node: str | None = None) -> Iterator[Problem]:
    """The audiences that an expression asks for, and that are not there."""
    for audience in sorted(expressions.references(checked.tree).audiences - world.audiences.keys()):
        yield unknown_audience(audience, world.audiences, node=node, field=field)


def _successes(settings: dict[str, Activity], world: World) -> Iterator[Problem]:
    for name, activity in settings.items():
        if not isinstance(activity, Experiment) or not activity.success:
            continue
        shape = world.events.get(activity.success)
        if shape is not None and shape.is_business:
            yield belongs_to_nobody(activity.success, node=name, field="success")
        elif shape is None:
            yield unknown_event(activity.success, world.events, node=name, field="success")


def _supplemental(namespace: str) -> str:
    return f"the supplemental id {namespace}" if namespace else "no supplemental id"


def _exit_criteria(
    graph: Graph, settings: dict[str, Activity], world: World, properties: Properties
) -> Iterator[Problem]:
    beginning = beginning_of(graph, world)
    namespace = beginning.namespace if beginning else None
    for index, criterion in enumerate(properties.exit_criteria):
        place = f"exit_criteria.{index}"
        shape = world.events.get(criterion.event)
        if criterion.audience:
            if criterion.audience not in world.audiences:
                yield unknown_audience(criterion.audience, world.audiences, field=f"{place}.audience")
        elif shape is None:
            yield unknown_event(criterion.event, world.events, field=f"{place}.event")
        elif shape.is_business:
            yield belongs_to_nobody(criterion.event, node=None, field=f"{place}.event")
        elif namespace is not None and shape.namespace != namespace:
            yield Problem(
                code="ERR_NAMESPACE",
                message=f"The exit criterion {criterion.label!r} is keyed by {shape.namespace or 'no namespace'}, the "
                f"journey's start by {namespace or 'no namespace'}.",
                hint="All events of a journey must share one namespace.",
                field=f"{place}.event",
            )
        if not criterion.condition:
            continue
        scope = scope_of_exit(graph, criterion.event, world)
        checked = expressions.check(criterion.condition, scope, wanted("boolean"))
        yield from _asked(checked, world, field=f"{place}.condition")
        for problem in checked.problems:
            yield Problem(
                code=f"ERR_EXPRESSION_{problem.code.upper()}",
                message=f"The exit criterion {criterion.label!r}: {problem.message}",
                hint=problem.hint,
                field=f"{place}.condition",
                line=problem.line,
                column=problem.column,
            )


def _rule_set(world: World, properties: Properties) -> Iterator[Problem]:
    if properties.rule_set and properties.rule_set not in world.rule_sets:
        yield Problem(
            code="ERR_UNKNOWN_RULE_SET",
            message=f"There is no rule set {properties.rule_set!r}.",
            hint="Choose another one in the journey's properties, or make this one in Settings.",
            field="rule_set",
        )


def _expressions(graph: Graph, settings: dict[str, Activity], world: World) -> Iterator[Problem]:
    for name, activity in settings.items():
        uses = list(activity.expressions())
        if not uses:
            continue
        scope = scope_at(graph, name, world)
        for use in uses:
            checked = expressions.check(use.text, scope, wanted(use.expect))
            yield from _asked(checked, world, node=name, field=use.field)
            for problem in checked.problems:
                yield Problem(
                    code=f"ERR_EXPRESSION_{problem.code.upper()}",
                    message=problem.message,
                    hint=problem.hint,
                    node=name,
                    field=use.field,
                    line=problem.line,
                    column=problem.column,
                )
