"""Who may enter which journey in a turn: what has to be known of them before anything is decided."""

from collections.abc import Mapping

from engine.catalogue import Catalogue
from engine.definition.compile import Plan
from engine.definition.matching import NO_SUPPLEMENT
from engine.runtime.batch import Batch, Item, Run
from engine.runtime.recognising import Matched

Entry = tuple[int, Run, Plan]  # a profile may enter this plan for this run


def supplements_for(batch: Batch, item: Item, event: str, plan: Plan) -> tuple[str, ...]:
    """The supplemental keys under which an event may start a plan; one that is empty for most plans."""
    return batch.supplements.get((item.id, event), ()) if plan.supplemental else NO_SUPPLEMENT


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
