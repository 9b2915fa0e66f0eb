"""The journeys that a journey may jump into, and those that jump into it."""

from dataclasses import replace
from typing import Any

from engine.activities.jump import Jump
from engine.definition import graph as graphs
from engine.definition.beginning import beginning_of
from engine.definition.jumping import why_not
from engine.definition.world import ENVELOPE, EventShape
from engine.models import Definition
from engine.store.world import OPEN, open_journeys, world_of


def jump_targets(*, sandbox_id: int, journey_id: int, graph: dict[str, Any]) -> list[dict[str, Any]]:
    """The journeys that one may jump into, by name: what each begins with, that event's fields, and `why_not`."""
    world = replace(world_of(sandbox_id), journeys=open_journeys(sandbox_id), journey_id=journey_id)
    beginning = beginning_of(graphs.read(graph)[0] or graphs.Graph(), world)
    begins = beginning.shape if beginning else None
    return [
        {
            "id": target.id,
            "name": target.name,
            "event": target.start_event,
            "fields": _fields_of(world.events.get(target.start_event)),
            "why_not": why_not(target, begins, world),
        }
        for target in sorted(world.journeys.values(), key=lambda one: one.name.casefold())
        if target.id != journey_id
    ]


def jumps_into(*, sandbox_id: int, journey_id: int) -> list[tuple[int, str]]:
    """(id, name) of the live journeys that lead into this one by a jump."""
    jump = {"type": Jump.face.kind, "settings": {"journey": journey_id}}
    found = Definition.objects.filter(sandbox_id=sandbox_id, status__in=OPEN, graph__nodes__contains=[jump])
    return list(found.order_by("journey_name").values_list("journey_id", "journey_name"))


def _fields_of(event: EventShape | None) -> list[dict[str, str]]:
    """The fields that a sender names, without those every event carries, and without what only holds others."""
    fields = event.schema.fields if event else {}
    above = {path.rpartition(".")[0] for path in fields}
    return [{"name": path, "type": str(type_)} for path, type_ in fields.items() if path not in {*ENVELOPE, *above}]
