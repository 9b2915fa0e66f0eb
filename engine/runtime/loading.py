"""What a turn needs to know before it decides: the stimuli of the locked shards, their people, where they stand."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import psycopg

from engine.capping import RuleSet, beginnings
from engine.instance import Instance, events_in
from engine.runtime.batch import Assignment, Batch, Item, Person, Run, Standing
from engine.store.arrays import integers, texts
from engine.store.queries import query


def take_items(connection: psycopg.Connection[Any], shards: list[int], now: datetime, limit: int) -> list[Item]:
    """The stimuli of a turn, up to about `limit`, by time. Items of one shard keep the order in which they came.

    A moment that has come waits while a shard's inbox may still hold what came before it: the first to happen wins.
    """
    each = max(1, limit // len(shards))
    held = integers(shards)
    rows = connection.execute(query("turn/take_inbox"), {"shards": held, "each": each}).fetchall()
    items = [Item(*row) for row in rows]
    due = connection.execute(query("turn/take_due"), {"shards": held, "now": now, "each": each}).fetchall()
    if not due:
        return items
    latest: dict[int, datetime] = {}
    ordered: list[tuple[datetime, Item]] = []
    for item in items:
        latest[item.shard] = max(item.at, latest.get(item.shard, item.at))
        ordered.append((latest[item.shard], item))
    count = Counter(item.shard for item in items)
    for id, shard, sandbox, profile, wake_at in due:
        if count[shard] < each or wake_at <= latest[shard]:
            ordered.append((wake_at, Item(id, shard, sandbox, profile, "due", {}, wake_at)))
    ordered.sort(key=lambda pair: pair[0])  # stable: at equal times what came goes before what is due
    return [item for _, item in ordered]


def load_people(connection: psycopg.Connection[Any], batch: Batch, items: list[Item]) -> list[Item]:
    """Load everyone concerned; the items that can be decided now.

    Items of merged people are passed on to the survivor. Items of the erased are dropped, and so are identities that
    were given to them in the moment they were erased. Whoever is due and has no profile any more, though nobody erased
    it, is left in `batch.without_profile`.
    """
    wanted = list(dict.fromkeys(item.profile_id for item in items))
    merged: dict[int, int] = {}
    for id, attributes, merged_into in connection.execute(query("turn/load_profiles"), {"ids": integers(wanted)}):
        if merged_into is None:
            batch.people[id] = Person(id, attributes)
        else:
            merged[id] = merged_into
    for standing in standings_of(connection, wanted):
        batch.standings[standing.instance.id] = standing
        if standing.instance.profile_id in batch.people:
            batch.people[standing.instance.profile_id].inside[standing.run] = standing
    if len(batch.people) == len(wanted):
        return items
    batch.without_profile = [
        batch.standings.pop(item.id) for item in items if item.kind == "due" and item.profile_id not in batch.people
    ]
    strays = [item for item in items if item.profile_id in merged and item.kind != "due"]
    if strays:
        connection.execute(
            query("turn/forward_inbox"),
            {
                "shards": integers(item.shard for item in strays),
                "ids": integers(item.id for item in strays),
                "profiles": integers(merged[item.profile_id] for item in strays),
            },
        )
    gone = [item for item in items if item.profile_id not in merged and item.profile_id not in batch.people]
    delete(connection, (item for item in gone if item.kind != "due"))
    if gone:
        connection.execute(
            query("people/forget_identities"), {"profiles": integers({item.profile_id for item in gone})}
        )
    return [item for item in items if item.profile_id in batch.people]


def standings_of(connection: psycopg.Connection[Any], profiles: Iterable[int]) -> list[Standing]:
    """Every active instance of these people."""
    found = []
    for row in connection.execute(query("turn/load_instances"), {"ids": integers(profiles)}):
        (id, shard, sandbox, profile, journey, version, key, node, port, visit, timers, wake_at, state, *rest) = row
        entered_at, moved_at, expires_at, context, supplemental_key = rest
        instance = Instance(
            id=id,
            profile_id=profile,
            key=key,
            state=state,
            node=node,
            port=port,
            visit=visit,
            timers={name: datetime.fromisoformat(moment) for name, moment in (timers or {}).items()},
            wake_at=wake_at,
            entered_at=entered_at,
            moved_at=moved_at,
            expires_at=expires_at,
            ended_at=None,
            context={**context, "events": events_in(context)},
            supplemental_key=supplemental_key,
        )
        found.append(Standing(instance, shard, sandbox, journey, version))
    return found


def load_last_entries(connection: psycopg.Connection[Any], batch: Batch, wanted: set[tuple[int, Run]]) -> None:
    """When these people last entered these journeys: (profile, run) pairs."""
    if wanted:
        pairs = list(wanted)
        rows = connection.execute(
            query("turn/last_entries"),
            {
                "profiles": integers(profile for profile, _ in pairs),
                "journeys": integers(journey for _, (journey, _) in pairs),
                "supplements": texts([supplement for _, (_, supplement) in pairs]),
            },
        )
        batch.last_entry = {(profile, (journey, key)): entered_at for profile, journey, key, entered_at in rows}
        for profile, run in pairs:
            standing = batch.people[profile].inside.get(run)
            if standing is not None:
                batch.last_entry[profile, run] = standing.instance.entered_at


def load_answered(connection: psycopg.Connection[Any], batch: Batch, items: list[Item]) -> None:
    """What the business events say because of which people are read."""
    runs = {item.payload["run"] for item in items if item.kind == "entry"}
    if runs:
        batch.answered = dict(connection.execute(query("turn/load_answered"), {"ids": integers(runs)}).fetchall())


def load_assignments(connection: psycopg.Connection[Any], batch: Batch) -> None:
    """The treatments that these people have in experiments."""
    for profile, version, node, *what in connection.execute(
        query("turn/load_assignments"), {"profiles": integers(batch.people)}
    ):
        batch.assignments.setdefault((profile, version), {})[node] = Assignment(*what)


def load_entries(
    connection: psycopg.Connection[Any], batch: Batch, profiles: set[int], rule_sets: Mapping[int, RuleSet]
) -> None:
    """How often these people entered these versions in the periods that run now. `rule_sets`: version -> its own."""
    if not profiles or not any(rule_set.entries for rule_set in rule_sets.values()):
        return
    values = {"ids": integers(profiles), "versions": integers(rule_sets), **beginnings(batch.now)}
    for profile, version, day, week, month in connection.execute(query("turn/count_entries"), values):
        batch.entries.add(profile, rule_sets[version], {"day": day, "week": week, "month": month})


def delete(connection: psycopg.Connection[Any], items: Iterable[Item]) -> None:
    """These inbox items are done."""
    done = list(items)
    if done:
        shards, ids = integers(item.shard for item in done), integers(item.id for item in done)
        connection.execute(query("turn/finish_inbox"), {"shards": shards, "ids": ids})
