"""One turn of a worker, one transaction: lock shards, take their stimuli, decide in memory, write in bulk."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import psycopg

from engine.catalogue import Catalogue
from engine.definition.matching import Matcher
from engine.interpreter import Instance
from engine.runtime.batch import Batch, Item, Person, Standing
from engine.runtime.deciding import Deciding, recognise
from engine.runtime.merging import merge
from engine.runtime.writing import write
from engine.shards import SHARDS
from engine.store.ids import Ids
from engine.store.queries import query

log = logging.getLogger(__name__)

MOST_SHARDS = 32  # half of them, so that a second worker finds free ones

Matched = list[tuple[Matcher, str]]


@dataclass(slots=True)
class Report:
    """What a turn did. `is_idle`: there was nothing to do."""

    taken: int = 0
    entered: int = 0
    steps: int = 0
    deliveries: int = 0
    versions: set[int] = field(default_factory=set)

    @property
    def is_idle(self) -> bool:
        return self.taken == 0


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
    """Take up to about `limit` stimuli, and commit. On an exception everything is rolled back and nothing has happened.

    `only`: look at these shards alone.

    1. Lock free shards that have work; no other lock exists in the engine.
    2. Take inbox items and due moments, in the order of their times.
    3. Load their people, instances and plans; recognise events; settle whose they are.
    4. Decide in memory, person by person, in order.
    5. Write in bulk, delete the items, and tell couriers and canvases after the commit.
    """
    with connection.transaction():
        first = (writer * 29 + now.microsecond) % SHARDS
        shards = [
            shard
            for (shard,) in connection.execute(
                query("turn/lock_shards"), {"now": now, "first": first, "most": MOST_SHARDS, "only": only}
            )
        ]
        if not shards:
            return Report()
        catalogue.refresh(connection)
        items = _items(connection, shards, now, limit)
        merges = [item for item in items if item.kind == "merge"]
        if merges:
            held = set(shards)
            _delete(connection, [item for item in merges if merge(connection, item, held, now)])
            return Report(taken=len(merges))  # everything else in the next turn, in the order it has then
        batch = Batch(now=now)
        items = _load_people(connection, batch, items)
        report = Report(taken=len(items))
        matched = _recognise(connection, batch, catalogue, items, now)
        _load_last_entries(connection, batch, catalogue, items, matched)
        plans = catalogue.plans(connection, {standing.version_id for standing in batch.standings.values()})
        ids.reserve(connection, sum(len(found) for found in matched.values()) * 4 + 1)
        deciding = Deciding(batch, catalogue, plans, ids)
        for item in items:
            deciding.take(item, matched.get(item.id, []) if item.kind == "event" else [])
        write(connection, batch, ids, writer)
        _delete(connection, (item for item in items if item.kind != "due"))
        report.steps = len(batch.steps)
        report.deliveries = len(batch.deliveries)
        report.entered = sum(standing.is_new for standing in batch.touched)
        report.versions = {version for version, *_ in batch.counts}
        _tell(connection, report)
    return report


def _items(connection: psycopg.Connection[Any], shards: list[int], now: datetime, limit: int) -> list[Item]:
    """The stimuli of this turn, by time; items of one person keep the order in which they came."""
    each = max(1, limit // len(shards))
    taken = connection.execute(query("turn/take_inbox"), {"shards": shards, "each": each}).fetchall()
    due = connection.execute(query("turn/take_due"), {"shards": shards, "now": now, "each": each}).fetchall()
    items = [Item(*row) for row in taken]
    items += [Item(id, shard, sandbox, profile, "due", {}, wake_at) for id, shard, sandbox, profile, wake_at in due]
    if due:
        items.sort(key=lambda item: item.at)  # stable: equal times keep the inbox first, in its order
    return items


def _load_people(connection: psycopg.Connection[Any], batch: Batch, items: list[Item]) -> list[Item]:
    """Load everyone concerned. Items of merged people go to the survivor; items of the erased are dropped with them."""
    wanted = list({item.profile_id for item in items})
    merged: dict[int, int] = {}
    for id, attributes, merged_into in connection.execute(query("turn/load_profiles"), {"ids": wanted}):
        if merged_into is not None:
            merged[id] = merged_into
        else:
            batch.people[id] = Person(id, attributes)
    for row in connection.execute(query("turn/load_instances"), {"ids": wanted}):
        (id, shard, sandbox, profile, journey, version, key, node, port, visit, timers, *times, context) = row
        wake_at, entered_at, moved_at, expires_at = times
        instance = Instance(
            id=id,
            profile_id=profile,
            key=key,
            state="active",
            node=node,
            port=port,
            visit=visit,
            timers={name: datetime.fromisoformat(moment) for name, moment in (timers or {}).items()},
            wake_at=wake_at,
            entered_at=entered_at,
            moved_at=moved_at,
            expires_at=expires_at,
            ended_at=None,
            context={"events": {}, **context},
        )
        standing = Standing(instance, shard, sandbox, journey, version)
        batch.standings[id] = standing
        if profile in batch.people:
            batch.people[profile].inside[journey] = standing
    strays = [item for item in items if item.profile_id in merged and item.kind != "due"]
    if strays:
        connection.execute(
            query("turn/forward_inbox"),
            {
                "shards": [item.shard for item in strays],
                "ids": [item.id for item in strays],
                "profiles": [merged[item.profile_id] for item in strays],
            },
        )
    gone = [item for item in items if item.profile_id not in merged and item.profile_id not in batch.people]
    _delete(connection, (item for item in gone if item.kind != "due"))
    return [item for item in items if item.profile_id in batch.people]


def _recognise(
    connection: psycopg.Connection[Any], batch: Batch, catalogue: Catalogue, items: list[Item], now: datetime
) -> dict[int, Matched]:
    """Event item -> the definitions it matches for its person. What a key assigns to somebody else is forwarded."""
    found: dict[int, Matched] = {}
    keyed: list[tuple[Item, Matcher, str]] = []
    for item in items:
        if item.kind != "event":
            continue
        mine: Matched = []
        for matcher, key in recognise(item, batch.people[item.profile_id].attributes, catalogue, now):
            if key is None:
                batch.discard(
                    item.shard, item.sandbox_id, item.profile_id, matcher.name, "EXTERNAL_KEY_COMPUTATION_ERROR"
                )
            elif matcher.key is None or "only" in item.payload:
                mine.append((matcher, key))
            else:
                keyed.append((item, matcher, key))
        found[item.id] = mine
    if keyed:
        owners = _owners(connection, keyed, now)
        for item, matcher, key in keyed:
            owner = owners[item.sandbox_id, matcher.namespace, key]
            if owner == item.profile_id:
                found[item.id].append((matcher, key))
            else:
                batch.forwards.append((item, owner, {**item.payload, "only": matcher.name, "key": key}))
    return found


def _owners(
    connection: psycopg.Connection[Any], keyed: list[tuple[Item, Matcher, str]], now: datetime
) -> dict[tuple[int, str, str], int]:
    """Whose each key is. A key nobody has yet becomes an identity of the person the event came from."""
    first: dict[tuple[int, str, str], int] = {}
    for item, matcher, key in keyed:
        first.setdefault((item.sandbox_id, matcher.namespace, key), item.profile_id)
    owners: dict[tuple[int, str, str], int] = {}
    for _ in range(2):  # the second look finds what another worker added in between
        missing = [identity for identity in first if identity not in owners]
        if not missing:
            break
        columns = dict(zip(("sandboxes", "namespaces", "values"), map(list, zip(*missing, strict=True)), strict=True))
        _note(owners, connection.execute(query("people/find_identities"), columns))
        missing = [identity for identity in missing if identity not in owners]
        if missing:
            columns = dict(
                zip(("sandboxes", "namespaces", "values"), map(list, zip(*missing, strict=True)), strict=True)
            )
            profiles = [first[identity] for identity in missing]
            _note(
                owners,
                connection.execute(query("people/add_identities"), {**columns, "profiles": profiles, "now": now}),
            )
    return {**first, **owners}


def _note(owners: dict[tuple[int, str, str], int], rows: Iterable[tuple[Any, ...]]) -> None:
    for sandbox, namespace, value, profile in rows:
        owners[sandbox, namespace, value] = profile


def _load_last_entries(
    connection: psycopg.Connection[Any],
    batch: Batch,
    catalogue: Catalogue,
    items: list[Item],
    matched: dict[int, Matched],
) -> None:
    """When those who may enter a journey now entered it before."""
    wanted = {
        (item.profile_id, plan.journey_id)
        for item in items
        if item.kind == "event"
        for matcher, _ in matched[item.id]
        for plan in catalogue.starting.get((item.sandbox_id, matcher.name), ())
    }
    if wanted:
        profiles, journeys = map(list, zip(*wanted, strict=True))
        rows = connection.execute(query("turn/last_entries"), {"profiles": profiles, "journeys": journeys})
        batch.last_entry = {(profile, journey): entered_at for profile, journey, entered_at in rows}


def _delete(connection: psycopg.Connection[Any], items: Iterable[Item]) -> None:
    done = list(items)
    if done:
        connection.execute(
            query("turn/finish_inbox"), {"shards": [item.shard for item in done], "ids": [item.id for item in done]}
        )


def _tell(connection: psycopg.Connection[Any], report: Report) -> None:
    """Said after the commit: canvases of versions that moved, and couriers that have something to do."""
    if report.versions:
        moved = orjson.dumps(sorted(report.versions)).decode()
        connection.execute("SELECT pg_notify('engine_moved', %s)", [moved if len(moved) < 7_900 else "[]"])
    if report.deliveries:
        connection.execute("SELECT pg_notify('engine_deliveries', '')")
