"""An item that cannot be processed must not hold up everybody behind it: it is set aside, with its reason."""

import logging
from datetime import datetime
from typing import Any

import orjson
import psycopg

from engine.catalogue import Catalogue
from engine.runtime.turn import take_turn
from engine.store.ids import Ids

log = logging.getLogger(__name__)


def set_aside(
    connection: psycopg.Connection[Any], catalogue: Catalogue, ids: Ids, *, writer: int, now: datetime
) -> None:
    """Take items one person at a time; the item that fails alone is moved to the rejected events.

    An instance whose own moment fails is ended in error, so that it is not tried for ever.
    """
    for shard, id, kind in connection.execute(
        "SELECT DISTINCT ON (shard) shard, id, kind FROM engine_inbox ORDER BY shard, id"
    ).fetchall():
        try:
            with connection.transaction():
                take_turn(connection, catalogue, ids, writer=writer, now=now, limit=1, only=[shard])
        except psycopg.OperationalError:
            raise
        except Exception as error:
            log.error("item %s/%s (%s) is set aside: %s", shard, id, kind, error)
            _reject(connection, shard, id, str(error), now)
    for shard, id in connection.execute(
        "SELECT DISTINCT ON (shard) shard, id FROM engine_instance WHERE ended_at IS NULL AND wake_at <= %s "
        "ORDER BY shard, wake_at",
        [now],
    ).fetchall():
        try:
            with connection.transaction():
                take_turn(connection, catalogue, ids, writer=writer, now=now, limit=1, only=[shard])
        except psycopg.OperationalError:
            raise
        except Exception as error:
            log.error("instance %s/%s ends in error: %s", shard, id, error)
            connection.execute(
                "UPDATE engine_instance SET state = 'error', ended_at = %s WHERE shard = %s AND id = %s",
                [now, shard, id],
            )


def _reject(connection: psycopg.Connection[Any], shard: int, id: int, reason: str, now: datetime) -> None:
    with connection.transaction():
        row = connection.execute(
            "DELETE FROM engine_inbox WHERE shard = %s AND id = %s RETURNING sandbox_id, kind, payload", [shard, id]
        ).fetchone()
        if row is not None:
            sandbox, kind, payload = row
            connection.execute(
                "INSERT INTO engine_rejectedevent (sandbox_id, received_at, dialect, code, message, item) "
                "VALUES (%s, %s, %s, 'ERROR_SERVICE_INTERNAL', %s, %s)",
                [sandbox, now, kind, reason[:500], orjson.dumps(payload).decode()[:4000]],
            )
