"""A stimulus that cannot be processed must not hold up everybody behind it: it is set aside, with its reason."""

import logging
from datetime import datetime
from typing import Any

import orjson
import psycopg

from engine.catalogue import Catalogue
from engine.instance import Leave
from engine.logs import about
from engine.runtime.batch import Item
from engine.runtime.leaving import leave
from engine.runtime.loading import delete, standings_of
from engine.runtime.turn import TurnFailed, take_turn
from engine.store.ids import Ids
from engine.store.queries import query

log = logging.getLogger(__name__)


def set_aside(
    connection: psycopg.Connection[Any],
    catalogue: Catalogue,
    ids: Ids,
    suspects: list[Item],
    *,
    writer: int,
    now: datetime,
) -> None:
    """Take one stimulus at a time in the shards of the suspects; one that fails alone is set aside.

    An event is moved to the rejected events. An instance whose own moment or result fails ends in error, so that it is
    not tried for ever.
    """
    for shard in sorted({item.shard for item in suspects}):
        with connection.transaction():
            try:
                take_turn(connection, catalogue, ids, writer=writer, now=now, limit=1, only=[shard])
            except TurnFailed as failure:
                # The shard's lock went with the turn: it is taken again, and only what is still there is set aside.
                held = connection.execute(
                    "SELECT id FROM engine_shard WHERE id = %s FOR UPDATE SKIP LOCKED", [shard]
                ).fetchone()
                if held is not None:
                    first = failure.items[0]
                    reason = f"{type(failure.__cause__).__name__}: {failure.__cause__}"
                    log.error(
                        "%s %s/%s is set aside: %s", first.kind, shard, first.id, reason, exc_info=failure,
                        extra=_about(connection, first),
                    )  # fmt: skip
                    _set_aside(connection, catalogue, ids, first, reason, writer=writer, now=now)


def _set_aside(
    connection: psycopg.Connection[Any],
    catalogue: Catalogue,
    ids: Ids,
    item: Item,
    reason: str,
    *,
    writer: int,
    now: datetime,
) -> None:
    instance = _instance_of(item)
    if instance is not None:
        why = Leave("error", f"It could not be processed: {reason}"[:500].replace("\0", ""))
        try:
            with connection.transaction():
                standings = [
                    standing
                    for standing in standings_of(connection, [item.profile_id])
                    if standing.instance.id == instance
                ]
                leave(connection, catalogue, ids, standings, why, writer=writer, now=now)
        except psycopg.OperationalError:
            raise
        except Exception:
            log.exception("instance %s cannot even be read; it ends as it is", instance, extra=_about(connection, item))
            held = {"shard": item.shard, "id": instance, "now": now, "writer": writer}
            connection.execute(query("turn/give_up"), held)
    if item.kind == "due":
        return
    delete(connection, [item])
    connection.execute(
        "INSERT INTO engine_rejectedevent (sandbox_id, received_at, dialect, code, message, item) "
        "VALUES (%s, %s, %s, 'ERROR_SERVICE_INTERNAL', %s, %s)",
        [item.sandbox_id, now, item.kind, reason[:500].replace("\0", ""), orjson.dumps(item.payload).decode()[:4000]],
    )


def _about(connection: psycopg.Connection[Any], item: Item) -> dict[str, int]:
    """What a log line about a stimulus carries."""
    instance = _instance_of(item)
    row = connection.execute(
        "SELECT journey_id, version_id FROM engine_instance WHERE shard = %s AND id = %s", [item.shard, instance]
    ).fetchone()
    journey, version = row or (None, None)
    return about(sandbox=item.sandbox_id, journey=journey, version=version, instance=instance, profile=item.profile_id)


def _instance_of(item: Item) -> int | None:
    """The instance that waits for this stimulus, and would wait for ever."""
    if item.kind == "due":
        return item.id
    found = (
        item.payload.get("instance") if item.kind in ("result", "control") and isinstance(item.payload, dict) else None
    )
    return found if isinstance(found, int) else None
