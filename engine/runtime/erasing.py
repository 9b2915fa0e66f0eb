"""Erasing a person: everything the engine keeps about them, in one transaction under their shard's lock."""

from django.db import connection, transaction

from engine.shards import shard_of

# Every table that holds something of a person, by the column that names them.
TABLES = ("engine_inbox", "engine_instance", "engine_delivery", "engine_event", "engine_step", "engine_discard")


def erase(*, sandbox_id: int, profile_id: int) -> int:
    """Erase a profile and those merged into it; the number of rows removed. 0 when there is no such profile.

    Counters keep their numbers: they name nobody. Mail that was sent is the receiver's.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE same AS (SELECT id FROM engine_profile WHERE shard = %s AND id = %s AND sandbox_id = %s "
            "UNION SELECT profile.id FROM engine_profile AS profile JOIN same ON profile.merged_into = same.id) "
            "SELECT id FROM same",
            [shard_of(profile_id), profile_id, sandbox_id],
        )
        ids = [id for (id,) in cursor.fetchall()]
        if not ids:
            return 0
        cursor.execute(
            "SELECT id FROM engine_shard WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [[shard_of(id) for id in ids]]
        )
        removed: int = 0
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE profile_id = ANY(%s)", [ids])
            removed += cursor.rowcount
        cursor.execute("DELETE FROM engine_identity WHERE profile_id = ANY(%s) RETURNING value", [ids])
        removed += cursor.rowcount
        cursor.execute("DELETE FROM engine_profile WHERE id = ANY(%s)", [ids])
        removed += cursor.rowcount
    return removed
