"""What stands between a jump and the journey it leads to. Pure; the journeys come with the world."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.activities.base import Activity
from engine.activities.jump import Jump
from engine.definition.world import EventShape, JourneyShape, World
from engine.problems import Problem


def jump_problems(settings: Mapping[str, Activity], begins: EventShape | None, world: World) -> Iterator[Problem]:
    """What is wrong with the jumps of a journey that begins with `begins` (None while it has no beginning)."""
    for node, activity in settings.items():
        if not isinstance(activity, Jump):
            continue
        target = world.journeys.get(activity.journey)
        problem = _problem(activity, target, begins, world)
        if problem is not None:
            yield replace(problem, node=node)


def why_not(target: JourneyShape, begins: EventShape | None, world: World) -> str:
    """Why a journey cannot be jumped to, in a sentence; '' when it can."""
    if target.id == world.journey_id:
        return "A journey does not jump into itself."
    if not target.start_event:
        return f"{target.name} begins with an audience, not with an event."
    if not target.is_open:
        return f"{target.name} is not live."
    if world.journey_id is not None and world.journey_id in _reached_from(target, world):
        return f"{target.name} jumps back into this journey."
    if begins is not None and target.namespace != begins.namespace:
        return f"{target.name} is keyed by {target.namespace or 'no namespace'}, this journey by " + (
            f"{begins.namespace or 'no namespace'}."
        )
    if begins is not None and target.supplemental not in ("", begins.supplemental):
        return f"{target.name} has a supplemental id of {target.supplemental}, which this journey does not know."
    return ""


def _problem(jump: Jump, target: JourneyShape | None, begins: EventShape | None, world: World) -> Problem | None:
    if target is None:
        return Problem(
            code="ERR_JUMP_TARGET",
            message="The target journey does not exist, or was never published.",
            hint="Choose a journey that is live.",
            field="journey",
        )
    reason = why_not(target, begins, world)
    if reason:
        return Problem(code="ERR_JUMP_TARGET", message=reason, hint="Choose another journey.", field="journey")
    if target.start_event != jump.event:
        return Problem(
            code="ERR_JUMP_EVENT",
            message=f"{target.name} begins with {target.start_event} by now, not with {jump.event}.",
            hint="Choose the journey again, and look at what the event says.",
            field="event",
        )
    return None


def _reached_from(target: JourneyShape, world: World) -> set[int]:
    """The journeys into which a journey leads, by however many jumps."""
    found: set[int] = set()
    ways = list(target.jumps)
    while ways:
        journey = ways.pop()
        if journey not in found:
            found.add(journey)
            ways += world.journeys[journey].jumps if journey in world.journeys else ()
    return found
