"""How an audience is read into a journey: by a schedule, or because of a business event; and what stands in its way."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.activities import all_types
from engine.activities.audience_qualification import AudienceQualification
from engine.activities.base import Activity, Reading
from engine.activities.business_event import BusinessEvent
from engine.activities.event import Event
from engine.activities.read_audience import ReadAudience
from engine.definition.graph import Graph, Node
from engine.definition.properties import Properties
from engine.definition.unknown import unknown_event
from engine.definition.world import World
from engine.problems import Problem


def settings_at(graph: Graph, node: Node) -> dict[str, Any]:
    """The settings that count where a node stands: those for a beginning do not, where a line leads to it."""
    kind = all_types().get(node.type)
    if kind is None or node.id not in graph.entered:
        return node.settings
    return {name: value for name, value in node.settings.items() if name not in kind.face.start_only}


def reading_in(graph: Graph) -> tuple[str, Reading] | None:
    """The step of a sound journey at which its audience is read, and how; None where there is none."""
    for node in graph.nodes:
        if node.type == ReadAudience.face.kind:
            reading = ReadAudience.model_validate(settings_at(graph, node)).reading()
            return node.id, _because_of_event(reading, graph, node)
    return None


def _because_of_event(reading: Reading, graph: Graph, node: Node) -> Reading:
    before = next((graph.node[name] for name in graph.sources.get(node.id, ())), None)
    if before is None or before.type != BusinessEvent.face.kind:
        return reading
    found = BusinessEvent.model_validate(before.settings)
    return replace(reading, event=found.event, every_time=found.multiple_executions, force_reentrance=True)


def reading_problems(graph: Graph, settings: Mapping[str, Activity], world: World) -> Iterator[Problem]:
    """What is wrong with where audiences are read, and with the business events in front."""
    begins = [name for name, activity in settings.items() if isinstance(activity, BusinessEvent)]
    for name, activity in settings.items():
        match activity:
            case BusinessEvent():
                yield from _business_event(graph, name, activity, world)
            case ReadAudience() if name in graph.entered and not graph.sources[name] <= set(begins):
                yield Problem(
                    code="ERR_READ_IN_FLOW",
                    message="An audience is read where the journey begins, or right behind a business event.",
                    hint="Remove the line that leads to it.",
                    node=name,
                )
            case Event() | AudienceQualification() if begins:
                yield Problem(
                    code="ERR_BUSINESS_MIX",
                    message="The journey begins with a business event: nobody waits for other events in it, or for "
                    "audiences.",
                    hint="Delete this step, or begin with another one.",
                    node=name,
                )


def _business_event(graph: Graph, name: str, activity: BusinessEvent, world: World) -> Iterator[Problem]:
    shape = world.events.get(activity.event)
    if shape is None:
        yield unknown_event(activity.event, world.events, node=name, field="event")
    elif not shape.is_business:
        yield Problem(
            code="ERR_NO_BUSINESS_EVENT",
            message=f"{activity.event} happens to a person; a business event belongs to nobody.",
            hint="Choose another event, or begin the journey with an event.",
            node=name,
            field="event",
        )
    if name in graph.entered:
        yield Problem(
            code="ERR_BUSINESS_IN_FLOW",
            message="A business event begins a journey, and stands nowhere else.",
            hint="Remove the line that leads to it.",
            node=name,
        )
    behind = {target for (source, _), targets in graph.targets.items() if source == name for target in targets}
    if [graph.node[target].type for target in behind] != [ReadAudience.face.kind]:
        yield Problem(
            code="ERR_BUSINESS_WITHOUT_READ",
            message="Behind a business event an audience is read, and nothing else happens.",
            hint="Draw its line to a read audience.",
            node=name,
        )


def early_waves(settings: Mapping[str, Activity], properties: Properties) -> Iterator[Problem]:
    """The waves that begin before anybody may enter the journey."""
    for name, activity in settings.items():
        if not isinstance(activity, ReadAudience) or (waves := activity.reading().waves) is None:
            continue
        for index, moment in enumerate(waves.moments):
            if properties.starts_at is not None and moment < properties.starts_at:
                yield Problem(
                    code="ERR_WAVE_EARLY",
                    message=f"Wave {index + 1} begins before the start date of the journey: nobody could enter.",
                    hint="Give a later start, or an earlier start date in the journey's properties.",
                    node=name,
                    field=f"wave_starts.{index}.starts_at",
                )


def past_problems(settings: Mapping[str, Activity], now: datetime) -> Iterator[Problem]:
    """What is wrong with schedules at this moment: what is over never happens, and what is late is said."""
    for name, activity in settings.items():
        if not isinstance(activity, ReadAudience):
            continue
        reading = activity.reading()
        start = "wave_starts.0.starts_at" if reading.waves and reading.waves.moments else "starts_at"
        if reading.rhythm == "once" and reading.starts_at is not None and reading.starts_at < now:
            yield Problem(
                code="ERR_READ_IN_THE_PAST",
                message="The moment at which the audience is to be read lies in the past.",
                hint="Give a later moment, or let it be read as soon as possible.",
                node=name,
                field=start,
            )
        elif reading.until is not None and reading.until < now:
            yield Problem(
                code="ERR_READ_OVER",
                message="The schedule ended in the past: the audience would never be read.",
                hint="Let it repeat until a later moment, or for good.",
                node=name,
                field="repeats_until",
            )
        elif reading.starts_at is not None and reading.starts_at < now:
            yield Problem(
                code="ERR_READ_BEGAN",
                message="The schedule begins in the past: the audience is read at the next time that it names.",
                hint="Give a later start if that is not meant.",
                severity="warning",
                node=name,
                field="starts_at",
            )


def belongs_to_nobody(event: str, *, node: str | None, field: str) -> Problem:
    """That a business event was chosen where something that a person does is meant."""
    return Problem(
        code="ERR_BUSINESS_EVENT",
        message=f"{event} is a business event: it belongs to nobody.",
        hint="Choose an event of a person.",
        node=node,
        field=field,
    )
