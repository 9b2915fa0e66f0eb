"""Who may enter which journey in a turn: what has to be known of them before anything is decided."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.catalogue import Catalogue
from engine.definition.compile import Plan
from engine.definition.matching import NO_SUPPLEMENT, Payload, supplements_in
from engine.expressions import EvaluationError, Facts
from engine.runtime.batch import EMPTY, Batch, Item, Run
from engine.runtime.recognising import Matched

READ = ""  # in place of the event that names them
Entry = tuple[int, Run, Plan]  # a profile may enter this plan for this run


def supplements_for(batch: Batch, item: Item, event: str, plan: Plan) -> tuple[str, ...]:
    """The supplemental keys under which an event may start a plan; one that is empty for most plans."""
    return batch.supplements.get((item.id, event), ()) if plan.supplemental else NO_SUPPLEMENT


def said_by_read(plan: Plan, item: Item, now: datetime) -> Payload:
    """What expressions read of a read audience that brings a person: its name, when, and what a list says of them."""
    assert plan.reading is not None
    return {**(item.payload.get("columns") or {}), "audience": plan.reading.audience, "readAt": now.isoformat()}


def supplements_read(batch: Batch, item: Item, plan: Plan) -> tuple[str, ...]:
    """The supplemental keys under which a person who is read may enter a plan: as they are when the turn begins."""
    if plan.supplement is None:
        return NO_SUPPLEMENT
    known = batch.supplements.get((item.id, READ))
    if known is None:
        person = batch.people[item.profile_id]
        events = {plan.said_as[plan.reads_at]: said_by_read(plan, item, batch.now)}
        profile: dict[str, Any] = {"attributes": person.attributes}
        facts = Facts(events, {"Profile": profile}, EMPTY, EMPTY, EMPTY, {}, person.audiences, batch.now)
        try:
            known = supplements_in(plan.supplement(facts))
        except EvaluationError:
            known = ()
        batch.supplements[item.id, READ] = known
    return known


def entries_by_event(
    batch: Batch, catalogue: Catalogue, items: list[Item], matched: Mapping[int, Matched]
) -> list[Entry]:
    """Whom the events of this turn may lead into which journey."""
    return [
        (item.profile_id, (plan.journey_id, supplement), plan)
        for item in items
        if item.kind == "event"
        for matcher, _ in matched[item.id]
        for plan in catalogue.starting.get((item.sandbox_id, matcher.name), ())
        for supplement in supplements_for(batch, item, matcher.name, plan)
    ]


def entries_by_jump(
    batch: Batch, catalogue: Catalogue, plans: Mapping[int, Plan], items: list[Item], entries: list[Entry]
) -> list[Entry]:
    """Whom the jumps of journeys that they are in, or may enter now, may lead into which others: once per stimulus."""
    stimuli: dict[int, int] = {}
    for item in items:
        stimuli[item.profile_id] = stimuli.get(item.profile_id, 0) + 1
    origins = [
        (found.instance.profile_id, found.instance.supplemental_key, plans[found.version_id])
        for found in batch.standings.values()
        if found.version_id in plans
    ]
    origins += [(profile, supplement, plan) for profile, (_, supplement), plan in entries]
    return [
        (profile, (target.journey_id, supplement if target.supplemental else ""), target)
        for profile, supplement, plan in origins
        if plan.jumps
        for target in catalogue.reached_from(plan)
        for _ in range(stimuli.get(profile, 0))
    ]
