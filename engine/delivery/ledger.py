"""The courier's side of the deliveries table: lease, keep leased, note what came of them."""

import logging
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import orjson
import psycopg
from psycopg.rows import class_row

from engine.delivery.leased import Leased, Outcome
from engine.store.arrays import integers
from engine.store.queries import query

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)  # a courier alive renews it four times in that; a dead one's deliveries go to another
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")  # what other systems may answer, and PostgreSQL cannot keep


def claim(
    connection: psycopg.Connection[Any], courier: str, most: int, now: datetime, held: Iterable[int] = ()
) -> list[Leased]:
    """Lease up to `most` deliveries that are due. `held`: what this courier has in hand, and does not make again."""
    values = {"now": now, "until": now + LEASE, "courier": courier, "most": most, "held": integers(held)}
    with connection.cursor(row_factory=class_row(Leased)) as cursor:
        return cursor.execute(query("deliveries/claim"), values).fetchall()


def renew(connection: psycopg.Connection[Any], courier: str, held: list[Leased], now: datetime) -> set[int]:
    """Say that these are still in good hands; the ids of those that are. The others were taken over."""
    shards, ids = integers(delivery.shard for delivery in held), integers(delivery.id for delivery in held)
    values = {"shards": shards, "ids": ids, "courier": courier, "until": now + LEASE}
    return {id for (id,) in connection.execute(query("deliveries/renew"), values)}


def next_due(connection: psycopg.Connection[Any]) -> datetime | None:
    """When the next delivery is due, or the next lease runs out."""
    row = connection.execute(query("deliveries/next_due")).fetchone()
    return None if row is None else row[0]


def note(connection: psycopg.Connection[Any], courier: str, outcomes: list[Outcome], now: datetime) -> None:
    """Note what came of deliveries, tell their instances, wake the engine. What cannot be kept is noted bare."""
    try:
        _note(connection, courier, outcomes, now)
    except (psycopg.OperationalError, psycopg.InterfaceError):
        raise
    except Exception as error:
        if len(outcomes) > 1:
            middle = len(outcomes) // 2
            note(connection, courier, outcomes[:middle], now)
            note(connection, courier, outcomes[middle:], now)
            return
        delivery = outcomes[0].delivery
        log.exception("what came of delivery %s cannot be kept whole", delivery.id, extra=delivery.about())
        _note(connection, courier, [_bare(outcomes[0], str(error))], now)


def _note(connection: psycopg.Connection[Any], courier: str, outcomes: list[Outcome], now: datetime) -> None:
    done = [outcome for outcome in outcomes if outcome.postponed is None and not outcome.is_late]
    late = [outcome for outcome in outcomes if outcome.is_late]
    with connection.transaction():
        if done:
            rows = orjson.dumps([outcome.as_row() for outcome in done]).decode()
            if "\\u0000" in rows:
                rows = _NUL.sub(r"\1", rows)
            values = {"rows": rows, "now": now, "courier": courier}
            noted = {id for (id,) in connection.execute(query("deliveries/finish"), values)}
            late += [outcome for outcome in done if outcome.delivery.id not in noted]
            connection.execute("SELECT pg_notify('engine_work', '')")
        if late:
            _hold_back(connection, late)
        for outcome in outcomes:
            if outcome.postponed is not None:
                held = {"shard": outcome.delivery.shard, "id": outcome.delivery.id, "courier": courier}
                connection.execute(query("deliveries/postpone"), {**held, "until": now + outcome.postponed})


def _hold_back(connection: psycopg.Connection[Any], late: list[Outcome]) -> None:
    """Count those whose lease was lost, or which are noted already: they would have been made, or heard of, twice."""
    log.warning("%s were held back: another courier has these deliveries, or they were noted before", len(late))
    values = {
        "shards": integers(outcome.delivery.shard for outcome in late),
        "ids": integers(outcome.delivery.id for outcome in late),
        "unknown": integers(outcome.unknown for outcome in late),
    }
    connection.execute(query("deliveries/hold_back"), values)


def _bare(outcome: Outcome, reason: str) -> Outcome:
    """Without what may be the reason that it cannot be kept: the result itself must not be lost."""
    told = outcome.told
    return Outcome(
        delivery=outcome.delivery,
        state=outcome.state,
        error_code=outcome.error_code,
        unknown=outcome.unknown,
        error=f"What was sent and answered cannot be kept: {reason}"[:500],
        told=None if told is None else {**told, "response": None, "message": ""},
    )
