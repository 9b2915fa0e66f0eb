"""Nobody is stuck, checked all the time: people whom nothing would move are looked for, and helped on.

Everybody inside has a moment in future at which the engine looks again, the right one; and, until then, something that
moves them: a delivery under way, a result in the inbox, an event that they listen to, a timer, a pause that will end.
`look` finds whoever has not. What is late is told, for nobody but an engine or a courier can help there; everything
else is mended: in small parts, each in a transaction of its own under the shard's lock, and asked again there.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row

from engine.catalogue import Catalogue
from engine.instance import Leave
from engine.models import Alert
from engine.runtime.alerting import Breach, raise_alert, resolve_what_is_over, tell, together
from engine.runtime.leaving import leave
from engine.runtime.loading import standings_of
from engine.shards import SHARDS
from engine.store import connection as connections
from engine.store.arrays import integers
from engine.store.ids import Ids
from engine.store.queries import query

LATE = timedelta(minutes=10)  # due for so long, and not dealt with
SETTLED = timedelta(minutes=5)  # younger than that, it may be on its way
FAR = timedelta(days=1)  # a delivery is never put off by more than minutes
PUT_OFF = timedelta(minutes=2)  # people of a version that cannot be read are looked at again every minute
ROUNDS = 16  # looks until all shards were looked at: with a million people inside, each reads some 60,000 of them
AT_ONCE = 500  # people mended in one transaction
MOST = 10_000  # of one kind in one look, of those in a shard where that is looked into; the next look goes on
LOCK_WAIT = "2s"  # for a shard; a turn takes less, and the next look tries again

_plans = Catalogue()  # definitions never change: compiled once in this process


def look(now: datetime, shards: Iterable[int] | None = None) -> dict[str, int]:
    """Look once: everywhere at what is late or left behind, and into every one of `ROUNDS` shards, or into `shards`.

    {code: how many}
    """
    ids, writer = Ids(), random.randint(1, 2**31 - 1)
    if shards is None:
        shards = range(int(now.timestamp() // 60) % ROUNDS, SHARDS, ROUNDS)
    with connections.connect(autocommit=True, name="stuck") as connection:
        connection.execute(f"SET lock_timeout = '{LOCK_WAIT}'")
        found = [*_late(connection, now), *_everywhere(connection, ids, writer, now)]
        for shard in shards:
            found += _in_shard(connection, shard, ids, writer, now)
        if any(not breach.goes_on for breach in found):
            connection.execute("SELECT pg_notify('engine_work', ''), pg_notify('engine_deliveries', '')")
    resolve_what_is_over(now)
    counted: Counter[str] = Counter()
    for breach in together(found):
        counted[str(breach.code)] += breach.many
        if not breach.goes_on:
            tell(breach)
    return dict(counted)


def _raise_alerts(connection: psycopg.Connection[Any], found: Iterable[Breach], now: datetime) -> None:
    """About what was found, or mended in this transaction; in one order, for two jobs may do so at once."""
    for breach in together(found):
        raise_alert(connection, breach, now)


def _late(connection: psycopg.Connection[Any], now: datetime) -> list[Breach]:
    """Told, not mended."""
    values = {"since": now - LATE, "each": MOST // SHARDS, "most": MOST}
    found = [
        Breach(code, *row)
        for code, name in ((Alert.Code.LATE_PEOPLE, "late_people"), (Alert.Code.LATE_DELIVERIES, "late_deliveries"))
        for row in connection.execute(query(f"stuck/{name}"), values)
    ]
    _raise_alerts(connection, found, now)
    return found


def _everywhere(connection: psycopg.Connection[Any], ids: Ids, writer: int, now: datetime) -> list[Breach]:
    """What an index finds in all shards at once."""
    values = {"now": now, "since": now - SETTLED, "until": now + FAR, "most": MOST}
    with connection.transaction():
        found = [
            Breach(code, sandbox, journey, 1)
            for code, name in ((Alert.Code.FAR_DELIVERIES, "far_deliveries"), (Alert.Code.HELD, "held"))
            for sandbox, journey, _ in connection.execute(query(f"stuck/{name}"), values)
        ]
        _raise_alerts(connection, found, now)
    versions = connection.execute(query("stuck/versions_inside")).fetchall()
    over = [
        version
        for version, status, ended_at in versions
        if status is None or (status == "stopped" and ended_at is not None and ended_at <= now - SETTLED)
    ]
    if over:
        rows = connection.execute(
            query("stuck/left_behind"), {"versions": over, "shard": None, "most": MOST}
        ).fetchall()
        for shard in sorted({shard for shard, _, _ in rows}):
            found += _in_lock(connection, shard, now, lambda held: _let_leave(held, over, shard, ids, writer, now))  # noqa: B023
    walked = {version for version, status, _ in versions if status not in (None, "stopped")}
    return found + _unreadable(connection, walked, now)


def _unreadable(connection: psycopg.Connection[Any], walked: set[int], now: datetime) -> list[Breach]:
    """Told, not mended."""
    found = []
    for version in walked - _plans.plans(connection, walked).keys():
        row = connection.execute(
            "SELECT sandbox_id, journey_id, number FROM engine_definition WHERE version_id = %s", [version]
        ).fetchone()
        if row is not None:
            found.append(Breach(Alert.Code.UNREADABLE, row[0], row[1], 1, row[2]))
    _raise_alerts(connection, found, now)
    return found


def _in_shard(connection: psycopg.Connection[Any], shard: int, ids: Ids, writer: int, now: datetime) -> list[Breach]:
    """What everybody of a shard must be looked at for."""
    values = {"shard": shard, "now": now, "since": now - SETTLED, "until": now + PUT_OFF}
    mends: list[tuple[str, Callable[[psycopg.Connection[Any]], list[Breach]]]] = [
        ("lost_results", lambda held: _tell_again(held, values)),
        ("missing_deliveries", lambda held: _tell_of_missing(held, values)),
        ("wrong_moments", lambda held: _put_right(held, values)),
    ]
    found: list[Breach] = []
    for name, mend in mends:
        if connection.execute(query(f"stuck/{name}"), {**values, "most": 1}).fetchone() is not None:
            found += _in_lock(connection, shard, now, mend)
    ports = connection.execute(query("stuck/nowhere"), values).fetchall()
    plans = _plans.plans(connection, {version for version, _, _, _ in ports})
    for version, node, port, _ in ports:
        crossing = plans[version].crossings.get((node, port)) if version in plans else None
        if version in plans and (crossing is None or not crossing.signals):
            place = {"version": version, "node": node, "port": port, "shard": shard, "most": AT_ONCE}
            found += _in_lock(connection, shard, now, lambda held: _end_there(held, place, ids, writer, now))  # noqa: B023
    return found


def _in_lock(
    connection: psycopg.Connection[Any],
    shard: int,
    now: datetime,
    mend: Callable[[psycopg.Connection[Any]], list[Breach]],
) -> list[Breach]:
    """Mend and tell with the shard held, part by part, so that no turn waits for long; no more when one holds it."""
    found: list[Breach] = []
    for _ in range(MOST // AT_ONCE):
        try:
            with connection.transaction():
                connection.execute("SELECT FROM engine_shard WHERE id = %s FOR UPDATE", [shard])
                part = mend(connection)
                _raise_alerts(connection, part, now)
        except psycopg.errors.LockNotAvailable:
            break
        found += part
        if len(part) < AT_ONCE:
            break
    return found


def _rows(connection: psycopg.Connection[Any], name: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query(f"stuck/{name}"), {**values, "most": AT_ONCE}).fetchall()


def _tell_again(connection: psycopg.Connection[Any], values: Mapping[str, Any]) -> list[Breach]:
    """The result, as far as the delivery has kept it."""
    rows = _rows(connection, "lost_results", values)
    told = []
    for row in rows:
        elapsed = (row["finished_at"] - row["created_at"]) / timedelta(milliseconds=1)
        sent = row["state"] == "sent"
        said = "http_200" if row["channel"] == "http" else "ok"  # which number in the two hundreds it was is not kept
        told.append(
            {
                "is_ok": sent,
                "code": said if sent else row["error_code"] or "error",
                "elapsed_ms": round(elapsed),
                "response": row["response"],
                "message": row["error"] or "",
            }
        )
    return _post(connection, Alert.Code.LOST_RESULTS, rows, told, values)


def _tell_of_missing(connection: psycopg.Connection[Any], values: Mapping[str, Any]) -> list[Breach]:
    """It is not made now: nobody knows whether it was made before."""
    rows = _rows(connection, "missing_deliveries", values)
    said = {"is_ok": False, "code": "error", "elapsed_ms": 0, "response": None, "message": "There was no delivery."}
    return _post(connection, Alert.Code.MISSING_DELIVERIES, rows, [said] * len(rows), values)


def _post(
    connection: psycopg.Connection[Any],
    code: str,
    rows: list[dict[str, Any]],
    told: list[dict[str, Any]],
    values: Mapping[str, Any],
) -> list[Breach]:
    """Put these results into the inbox of the shard."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at) "
            "VALUES (%s, %s, %s, 'result', %s, %s)",
            [
                (
                    values["shard"], row["sandbox_id"], row["profile_id"],
                    orjson.dumps({"instance": row["id"], "node": row["node"], "visit": row["visit"], **said}).decode(),
                    values["now"],
                )
                for row, said in zip(rows, told, strict=True)
            ],
        )  # fmt: skip
    return _breaches(code, rows)


def _put_right(connection: psycopg.Connection[Any], values: Mapping[str, Any]) -> list[Breach]:
    rows = _rows(connection, "wrong_moments", values)
    moments = [row["moment"] for row in rows]
    right = {**values, "ids": integers(row["id"] for row in rows), "moments": moments}
    connection.execute(query("stuck/set_moments"), right)
    return _breaches(Alert.Code.WRONG_MOMENTS, rows)


def _let_leave(
    connection: psycopg.Connection[Any], versions: list[int], shard: int, ids: Ids, writer: int, now: datetime
) -> list[Breach]:
    rows = connection.execute(
        query("stuck/left_behind"), {"versions": versions, "shard": shard, "most": AT_ONCE}
    ).fetchall()
    return _end(connection, rows, Leave("stopped", "stopped"), Alert.Code.LEFT_BEHIND, ids, writer, now)


def _end_there(
    connection: psycopg.Connection[Any], place: Mapping[str, Any], ids: Ids, writer: int, now: datetime
) -> list[Breach]:
    rows = connection.execute(query("stuck/nowhere_people"), place).fetchall()
    why = Leave("error", "Nothing could move this person on from here.")
    return _end(connection, rows, why, Alert.Code.NOWHERE, ids, writer, now)


def _end(
    connection: psycopg.Connection[Any],
    rows: Iterable[tuple[int, int, int]],
    why: Leave,
    code: str,
    ids: Ids,
    writer: int,
    now: datetime,
) -> list[Breach]:
    """End these instances with the step and the counts that belong to it."""
    wanted = {instance: profile for _, instance, profile in rows}
    standings = [one for one in standings_of(connection, set(wanted.values())) if one.instance.id in wanted]
    leave(connection, _plans, ids, standings, why, writer=writer, now=now)
    return [Breach(code, one.sandbox_id, one.journey_id, 1) for one in standings]


def _breaches(code: str, rows: Iterable[Mapping[str, Any]]) -> list[Breach]:
    return [Breach(code, row["sandbox_id"], row["journey_id"], 1) for row in rows]
