"""One turn of a worker, one transaction: lock shards, take their stimuli, decide in memory, write in bulk."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import psycopg

from engine import fault_points
from engine.capping import RuleSet
from engine.catalogue import Catalogue
from engine.instance import Leave
from engine.runtime import qualifying
from engine.runtime.batch import Batch, Item
from engine.runtime.deciding import Deciding
from engine.runtime.entrances import entries_by_event, entries_by_jump
from engine.runtime.leaving import leave
from engine.runtime.loading import (
    delete,
    load_answered,
    load_assignments,
    load_entries,
    load_last_entries,
    load_people,
    take_items,
)
from engine.runtime.merging import merge
from engine.runtime.phases import Phases
from engine.runtime.places import Places
from engine.runtime.recognising import Matched, recognise_all
from engine.runtime.writing import write
from engine.shards import SHARDS
from engine.store.arrays import integers
from engine.store.ids import Ids
from engine.store.queries import query

GONE = Leave("error", "This person's profile is gone, and nobody erased it.")
MOST_SHARDS = 32  # half of them, so that a second worker finds free ones


@dataclass(slots=True)
class Report:
    """What a turn did. `told`: people who are to leave, or to go on, because their version changed meanwhile.

    `is_idle`: no free shard had anything to do, and nobody was told anything.
    """

    shards: int = 0
    told: int = 0
    taken: int = 0
    entered: int = 0
    steps: int = 0
    deliveries: int = 0
    versions: set[int] = field(default_factory=set)
    phases: Phases = field(default_factory=Phases)

    @property
    def is_idle(self) -> bool:
        return self.shards == 0 and self.told == 0


class TurnFailed(Exception):
    """A turn was rolled back: something among `items` cannot be decided or written. The cause says what."""

    def __init__(self, items: list[Item]) -> None:
        super().__init__(f"a turn of {len(items)} failed")
        self.items = items


def take_turn(
    connection: psycopg.Connection[Any],
    catalogue: Catalogue,
    ids: Ids,
    *,
    writer: int,
    now: datetime,
    limit: int,
    only: list[int] | None = None,
) -> Report:
    """Take up to about `limit` stimuli, and commit. TurnFailed: everything is rolled back and nothing has happened.

    `only`: look at these shards alone.

    1. Lock free shards that have work. The only other lock is that of profile caps, which count over all people.
    2. Take inbox items and due moments, in the order of their times; then look whether something was published:
       whatever came after it finds it.
    3. Load their people, instances and plans; recognise events; settle whose they are.
    4. Decide in memory, person by person, in order.
    5. Write in bulk, delete the items, and tell couriers and canvases after the commit.
    """
    report = Report()
    with connection.transaction():
        first = (writer * 29 + now.microsecond) % SHARDS
        wanted = None if only is None else integers(only)
        rows = connection.execute(
            query("turn/lock_shards"), {"now": now, "first": first, "most": MOST_SHARDS, "only": wanted}
        )
        shards = [shard for (shard,) in rows]
        items = take_items(connection, shards, now, limit) if shards else []
        report.shards = len(shards)
        report.phases.ends("claim")
        if catalogue.refresh(connection):
            report.told = connection.execute(
                query("turn/stop_stragglers"), {"versions": catalogue.stopped(), "now": now}
            ).rowcount
            report.told += connection.execute(
                query("turn/release_stragglers"), {"versions": catalogue.going_on(), "now": now}
            ).rowcount
        if items:
            try:
                _carry_out(connection, catalogue, ids, items, report, shards=set(shards), writer=writer, now=now)
            except psycopg.OperationalError:
                raise  # the database went away, not an item's fault
            except Exception as error:
                raise TurnFailed(items) from error
            fault_points.passing("before-turn-commit")
    if items:
        fault_points.passing("after-turn-commit")
    report.phases.ends("commit")
    return report


def _carry_out(
    connection: psycopg.Connection[Any],
    catalogue: Catalogue,
    ids: Ids,
    items: list[Item],
    report: Report,
    *,
    shards: set[int],
    writer: int,
    now: datetime,
) -> None:
    merges = [item for item in items if item.kind == "merge"]
    if merges:
        done = [item for item in merges if merge(connection, catalogue, ids, item, shards, writer=writer, now=now)]
        delete(connection, done)
        report.taken = len(done)
        if done:
            return  # everything else in the next turn, in the order it has then
        items = [item for item in items if item.kind != "merge"]
    batch = Batch(now=now)
    items = load_people(connection, batch, items)
    report.taken = len(items) + len(batch.without_profile)
    if batch.without_profile:
        leave(connection, catalogue, ids, batch.without_profile, GONE, writer=writer, now=now)
    report.phases.ends("load")
    matched = recognise_all(connection, batch, catalogue, items)
    report.phases.ends("decide")
    plans = catalogue.plans(connection, {standing.version_id for standing in batch.standings.values()})
    entries = entries_by_event(batch, catalogue, items, matched)
    entries += qualifying.load(connection, batch, catalogue, items, matched)
    load_answered(connection, batch, items)
    jumps = entries_by_jump(batch, catalogue, plans, items, entries) if catalogue.has_jumps else []
    if catalogue.has_experiments:
        load_assignments(connection, batch)
    batch.foreseen = {(profile, run) for profile, run, _ in (*entries, *jumps)}
    load_last_entries(connection, batch, batch.foreseen)
    load_entries(connection, batch, *_capped(catalogue, [(profile, run[0]) for profile, run, _ in (*entries, *jumps)]))
    ids.reserve(connection, len(entries) + len(jumps))  # an id for each who may enter
    places = Places()
    if any(plan.caps for plan in plans.values()):
        inside = (plans[found.version_id] for found in batch.standings.values() if found.version_id in plans)
        places.load(connection, (*inside, *(plan for _, _, plan in (*entries, *jumps))))
    report.phases.ends("load")
    deciding = Deciding(batch, catalogue, plans, ids, places)
    nothing: Matched = []
    for item in items:
        deciding.take(item, matched.get(item.id, nothing) if item.kind == "event" else nothing)
    report.phases.ends("decide")
    places.save(connection)
    write(connection, batch, ids, writer)
    delete(connection, (item for item in items if item.kind != "due"))
    report.steps = len(batch.steps)
    report.deliveries = len(batch.deliveries)
    report.entered = sum(standing.is_new for standing in batch.touched)
    report.versions = set(batch.counted)
    tell(connection, report)
    report.phases.ends("write")


def _capped(catalogue: Catalogue, candidates: list[tuple[int, int]]) -> tuple[set[int], dict[int, RuleSet]]:
    """Who may enter a journey with a rule set, and every version that counts with one of those rule sets."""
    if not catalogue.rule_sets:
        return set(), {}
    of_journey = {
        plan.journey_id: catalogue.rule_sets[plan.version_id]
        for plans in catalogue.starting.values()
        for plan in plans
        if plan.version_id in catalogue.rule_sets
    }
    profiles = {profile for profile, journey in candidates if journey in of_journey}
    wanted = {of_journey[journey].id for _, journey in candidates if journey in of_journey}
    return profiles, {version: rule_set for version, rule_set in catalogue.rule_sets.items() if rule_set.id in wanted}


def tell(connection: psycopg.Connection[Any], report: Report) -> None:
    """Said after the commit: canvases of versions that moved, and couriers that have something to do."""
    if report.versions:
        moved = orjson.dumps(sorted(report.versions)).decode()
        connection.execute("SELECT pg_notify('engine_moved', %s)", [moved if len(moved) < 7_900 else "[]"])
    if report.deliveries:
        connection.execute("SELECT pg_notify('engine_deliveries', '')")
