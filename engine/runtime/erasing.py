"""Erasing a person: everything the engine keeps about them, in one transaction under their shard's lock."""

import os
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from engine.models import Definition, Instance
from engine.shards import shard_of
from engine.store.queries import query

# Every table that holds something of a person, by the column that names them; some are looked up by the shard first.
BY_SHARD = ("engine_inbox", "engine_instance", "engine_assignment", "engine_membership", "engine_step")
BY_PERSON = ("engine_delivery", "engine_event", "engine_discard", "engine_read_member")
TABLES = (*BY_SHARD, *BY_PERSON)
# What names a person in files that are imported, by the shard or by an identity.
LISTED = ("people/forget_listed", "people/forget_rows", "people/forget_problems")


def erase(*, sandbox_id: int, profile_id: int, now: datetime) -> int:
    """Erase a profile and those merged into it; the number of rows removed. 0 when there is no such profile.

    Counters keep their numbers, which name nobody; those inside journeys are counted as having left. Mail that was sent
    is the receiver's; what the local catcher kept of it goes.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        ids: list[int] = []
        while (found := _same_person(cursor, sandbox_id, profile_id)) != ids:
            ids = found  # looked at again once their shards are held: somebody may have been merged into them
            shards = sorted({shard_of(id) for id in ids})
            cursor.execute("SELECT id FROM engine_shard WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [shards])
        if not ids:
            return 0
        departures = list(_departures(ids, shards))
        if departures:
            rows = orjson.dumps(departures).decode()
            cursor.execute(query("counters/add").decode(), {"rows": rows, "now": now, "writer": os.getpid()})
        cursor.execute(query("people/forget_mail").decode(), {"profiles": ids})
        removed: int = cursor.rowcount
        for table in BY_SHARD:
            cursor.execute(f"DELETE FROM {table} WHERE shard = ANY(%s) AND profile_id = ANY(%s)", [shards, ids])
            removed += cursor.rowcount
        for table in BY_PERSON:
            cursor.execute(f"DELETE FROM {table} WHERE profile_id = ANY(%s)", [ids])
            removed += cursor.rowcount
        for name in LISTED:
            cursor.execute(query(name).decode(), {"profiles": ids})
            removed += cursor.rowcount
        cursor.execute("DELETE FROM engine_identity WHERE profile_id = ANY(%s)", [ids])
        removed += cursor.rowcount
        cursor.execute("DELETE FROM engine_profile WHERE shard = ANY(%s) AND id = ANY(%s)", [shards, ids])
        removed += cursor.rowcount
    return removed


def _same_person(cursor: CursorWrapper, sandbox_id: int, profile_id: int) -> list[int]:
    cursor.execute(
        "WITH RECURSIVE same AS (SELECT id FROM engine_profile WHERE shard = %s AND id = %s AND sandbox_id = %s "
        "UNION SELECT profile.id FROM engine_profile AS profile JOIN same ON profile.merged_into = same.id) "
        "SELECT id FROM same ORDER BY id",
        [shard_of(profile_id), profile_id, sandbox_id],
    )
    return [id for (id,) in cursor.fetchall()]


def _departures(ids: list[int], shards: list[int]) -> Iterator[dict[str, Any]]:
    """What the counters must hear of instances that vanish: they ended, and they left where they stood."""
    inside = list(Instance.objects.filter(shard__in=shards, profile_id__in=ids, ended_at__isnull=True))
    versions = {instance.version_id for instance in inside}
    graphs = dict(Definition.objects.filter(version_id__in=versions).values_list("version_id", "graph"))
    count: dict[tuple[int, str, str], int] = {}
    for instance in inside:
        here = {"node": instance.node, "port": instance.port}
        edges = graphs.get(instance.version_id, {}).get("edges", ())
        listening = {edge["to"] for edge in edges if edge["from"] == here} if instance.port else {instance.node}
        for key in [(instance.version_id, "", "ended"), *((instance.version_id, name, "left") for name in listening)]:
            count[key] = count.get(key, 0) + 1
    for (version, name, metric), value in count.items():
        yield {"version_id": version, "node": name, "port": "", "metric": metric, "value": value}
