"""Two profiles turn out to be one person: the older stays, and everything of the younger moves to it."""

from datetime import datetime
from typing import Any

import psycopg

from engine.catalogue import Catalogue
from engine.instance import Leave
from engine.runtime.batch import Item
from engine.runtime.leaving import leave
from engine.runtime.loading import standings_of
from engine.shards import shard_of
from engine.store.ids import Ids
from engine.store.queries import query

MERGED = Leave("exited", "the person was inside twice, and turned out to be one")
MOVES = (
    "move_instances",
    "move_deliveries",
    "move_history",
    "move_assignments",
    "move_identities",
    "move_inbox",
    "move_memberships",
    "join_profiles",
)


def merge(
    connection: psycopg.Connection[Any],
    catalogue: Catalogue,
    ids: Ids,
    item: Item,
    held: set[int],
    *,
    writer: int,
    now: datetime,
) -> bool:
    """Carry out one merge item, whose shard is held. False: the other shard is not free; try in a later turn.

    1. Lock both shards (never waiting for one), and look again who the two are now.
    2. Where both are inside one journey, the younger profile's instance ends.
    3. Move instances, deliveries, history, identities and waiting inbox items.
    4. Attributes: the survivor's win, the other's fill the gaps. Mark the younger profile as merged.

    An identify call never joins two people who both have a user id of their own: somebody else used the same device.
    """
    pair: set[int] = set()
    while True:
        found = set()
        for profile in (item.profile_id, int(item.payload["into"])):
            survivor = _survivor(connection, profile)
            if survivor is None:
                return True  # erased: there is nothing to join
            found.add(survivor)
        if found == pair:
            break  # the same as before their shards were held
        pair = found
        for shard in {shard_of(profile) for profile in pair} - held:
            if not _lock(connection, shard):
                return False
            held.add(shard)
    if len(pair) == 1 or (item.payload.get("by") == "identify" and _are_two_users(connection, pair)):
        return True
    loser, winner = max(pair), min(pair)
    standings = standings_of(connection, pair)
    inside = {standing.run for standing in standings if standing.instance.profile_id == winner}
    doubles = [standing for standing in standings if standing.instance.profile_id == loser and standing.run in inside]
    if doubles:
        leave(connection, catalogue, ids, doubles, MERGED, writer=writer, now=now)
    for move in MOVES:
        connection.execute(query(f"merging/{move}"), {"loser": loser, "winner": winner, "now": now})
    if item.sandbox_id in catalogue.audiences:  # whatever they are by now, the streaming audiences are asked again
        connection.execute(
            "INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at) "
            """VALUES (%s, %s, %s, 'membership', '{"check": "all"}', %s)""",
            [shard_of(winner), item.sandbox_id, winner, now],
        )
    return True


def _lock(connection: psycopg.Connection[Any], shard: int) -> bool:
    found = connection.execute("SELECT id FROM engine_shard WHERE id = %s FOR UPDATE SKIP LOCKED", [shard])
    return found.fetchone() is not None


def _are_two_users(connection: psycopg.Connection[Any], pair: set[int]) -> bool:
    row = connection.execute(query("merging/count_users"), {"profiles": list(pair)}).fetchone()
    return row is not None and row[0] > 1


def _survivor(connection: psycopg.Connection[Any], profile: int) -> int | None:
    """The profile that this one lives on in: itself, unless it was merged. None when it was erased."""
    while True:  # merged profiles form a chain that ends at a living one: each leads to an older
        row = connection.execute(
            "SELECT merged_into FROM engine_profile WHERE shard = %s AND id = %s", [shard_of(profile), profile]
        ).fetchone()
        if row is None:
            return None
        if row[0] is None:
            return profile
        profile = row[0]
