"""Two profiles turn out to be one person: the older stays, and everything of the younger moves to it."""

from datetime import datetime
from typing import Any

import psycopg

from engine.runtime.batch import Item
from engine.shards import shard_of
from engine.store.queries import query


def merge(connection: psycopg.Connection[Any], item: Item, held: set[int], now: datetime) -> bool:
    """Carry out one merge item, whose shard is held. False: the other shard is not free; try in a later turn.

    1. Lock the survivor's shard too (never waiting for it).
    2. Move identities, instances, deliveries and waiting inbox items; end an instance where the survivor is inside
       the same journey already.
    3. Attributes: the survivor's win, the other's fill the gaps. Mark the younger profile as merged.
    """
    loser, winner = item.profile_id, int(item.payload["into"])
    winner = _survivor(connection, winner)
    loser = _survivor(connection, loser)
    if loser == winner:
        return True
    loser, winner = max(loser, winner), min(loser, winner)
    for shard in {shard_of(loser), shard_of(winner)} - held:
        free = connection.execute(
            "SELECT id FROM engine_shard WHERE id = %s FOR UPDATE SKIP LOCKED", [shard]
        ).fetchone()
        if free is None:
            return False
        held.add(shard)
    values = {"loser": loser, "winner": winner, "now": now}
    for step in ("end_doubles", "move_instances", "move_deliveries", "move_identities", "move_inbox", "join_profiles"):
        connection.execute(query(f"merging/{step}"), values)
    return True


def _survivor(connection: psycopg.Connection[Any], profile: int) -> int:
    for _ in range(100):  # merged profiles form a chain that ends at a living one
        row = connection.execute(
            "SELECT merged_into FROM engine_profile WHERE shard = %s AND id = %s", [shard_of(profile), profile]
        ).fetchone()
        if row is None or row[0] is None:
            break
        profile = row[0]
    return profile
