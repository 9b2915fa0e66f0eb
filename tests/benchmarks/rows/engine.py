"""The engine alone: people through a 4-node journey, against the floor of plain COPY of the same rows."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from engine.models import PHASES, Sandbox
from engine.store import connection as connections
from journeyopt.capacity import invented
from tests.benchmarks import ground, scene
from tests.benchmarks.results import Row
from tests.cast import graph, node
from tests.processes import Product, wait_until

BATCH = 2_000
WRITTEN = {  # what the engine writes for one person of this journey
    "engine_event": "shard,id,sandbox_id,profile_id,name,message_id,payload,outcomes,occurred_at,received_at",
    "engine_instance": "shard,id,sandbox_id,profile_id,journey_id,version_id,key,state,node,port,visit,timers,wake_at,"
    "entered_at,moved_at,expires_at,ended_at,context",
    "engine_step": "shard,id,at,sandbox_id,journey_id,version_id,instance_id,profile_id,visit,node,port,status,details",
}
JOURNEY = graph(
    [
        node("event-1", event="Order"),
        node("condition-1", paths=[{"id": "big", "condition": "@event{Order.properties.total} >= 100"}]),
        node("update-profile-1", fields=[{"field": "plan", "value": "@event{Order.properties.currency}"}]),
        node("update-profile-2", fields=[{"field": "plan", "value": '"small"'}]),
    ],
    "event-1 > condition-1",
    "condition-1.big > update-profile-1",
    "condition-1.other > update-profile-2",
)


def measure(*, quick: bool) -> Iterator[Row]:
    count = 20_000 if quick else 200_000
    sandbox = ground.empty()
    invented.define(sandbox)
    invented.deploy(sandbox, JOURNEY)
    invented.people(sandbox, count)
    invented.events(sandbox, count)
    invented.settle()
    engine = count / run_engines(1)
    share = phases()
    steps = invented.sql("SELECT count(*) FROM engine_step")[0][0]
    ended = invented.sql("SELECT count(*) FROM engine_instance WHERE state = 'completed'")[0][0]
    assert ended == count, f"{ended} of {count} came through"
    floor = count / copy_again(count)
    start_over(count)
    two = count / run_engines(2)
    yield Row(
        what="4-node journey (event, condition, update profile, end), one worker",
        figure=f"{engine:,.0f} instances/s, {engine * steps / count:,.0f} steps/s",
        size=f"{count:,} people",
    )
    yield Row(what="where the time of its turns goes", figure=share)
    yield Row(
        what="floor: the same rows by COPY, the same profiles by UPDATE, the same inbox items by DELETE",
        figure=f"{floor:,.0f} instances/s; engine / floor = {engine / floor:.2f}",
        budget=">= 0.5",
        size=f"batches of {BATCH:,}",
    )
    yield Row(
        what="the same journey, a worker for each of two cores",
        figure=f"{two:,.0f} instances/s, {two * steps / count:,.0f} steps/s",
        budget=">= 17,000/s, >= 60,000 steps/s",
        size=f"{count:,} people",
    )


def run_engines(number: int) -> float:
    """The seconds that this many real engine processes, started beforehand, take to empty the inbox."""
    return drain(number, "SELECT 1 FROM engine_inbox LIMIT 1")[0]


def drain(number: int, left: str) -> tuple[float, float]:
    """The seconds until `left` finds nothing, with so many engines, started beforehand; and the MB that one holds."""
    names = [f"engine{index}" for index in range(number)]
    with tempfile.TemporaryDirectory() as folder, connections.connect(name="benchmark") as holding:
        product = Product(Path(folder))
        holding.execute("SELECT id FROM engine_shard FOR UPDATE")
        try:
            product.start(*names)
            began = time.perf_counter()
            holding.execute("SELECT pg_notify('engine_work', '')")
            holding.commit()
            wait_until(lambda: not invented.sql(left), "everything is done", patience=600)
            seconds = time.perf_counter() - began
            return seconds, max(scene.resident(process.pid) for process in product.processes.values())
        finally:
            product.stop()


def phases() -> str:
    """The share of each phase in the turns since the ground was emptied."""
    seconds = invented.sql(f"SELECT {', '.join(f'sum({name})' for name in PHASES)} FROM engine_work")[0]
    return ", ".join(f"{name} {100 * part / sum(seconds):.0f} %" for name, part in zip(PHASES, seconds, strict=True))


def copy_again(count: int) -> float:
    """Write what the engine wrote once more, batch by batch and commit by commit; the seconds that took."""
    with connections.connect(autocommit=True, name="floor") as connection:
        blocks = {table: _blocks(connection, table, columns) for table, columns in WRITTEN.items()}
        profiles = connection.execute("SELECT id, attributes::text FROM engine_profile ORDER BY id").fetchall()
        connection.execute(f"TRUNCATE {', '.join(WRITTEN)}")
        connection.execute("UPDATE engine_profile SET attributes = '{}'")
        invented.events(Sandbox.objects.get(), count)
        items = connection.execute("SELECT shard, id FROM engine_inbox ORDER BY id").fetchall()
        invented.settle()
        began = time.perf_counter()
        for first in range(0, count, BATCH):
            some = slice(first, first + BATCH)
            with connection.transaction():
                for table, columns in WRITTEN.items():
                    with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
                        copy.write(blocks[table].pop(0))
                connection.execute(
                    "UPDATE engine_profile AS profile SET attributes = saved.attributes, updated_at = now() "
                    "FROM unnest(%s::bigint[], %s::jsonb[]) AS saved (id, attributes) "
                    "WHERE profile.shard = saved.id %% 64 AND profile.id = saved.id",
                    [[id for id, _ in profiles[some]], [attributes for _, attributes in profiles[some]]],
                )
                connection.execute(
                    "DELETE FROM engine_inbox AS item USING unnest(%s::smallint[], %s::bigint[]) AS done (shard, id) "
                    "WHERE item.shard = done.shard AND item.id = done.id",
                    [[shard for shard, _ in items[some]], [id for _, id in items[some]]],
                )
        return time.perf_counter() - began


def start_over(count: int) -> None:
    """The state before the first run once more."""
    with connections.connect(autocommit=True, name="floor") as connection:
        connection.execute(f"TRUNCATE {', '.join(WRITTEN)}, engine_counter")
    invented.events(Sandbox.objects.get(), count)
    invented.settle()


def _blocks(connection: psycopg.Connection[object], table: str, columns: str) -> list[bytes]:
    """The rows of a table as COPY text, in as many blocks as there are batches."""
    with connection.cursor().copy(f"COPY (SELECT {columns} FROM {table} ORDER BY id) TO STDOUT".encode()) as copy:
        lines = b"".join(bytes(part) for part in copy).splitlines(keepends=True)
    people = connection.execute("SELECT count(*) FROM engine_profile").fetchone()
    assert people is not None
    batches = -(-people[0] // BATCH)
    each = -(-len(lines) // batches)
    return [b"".join(lines[first : first + each]) for first in range(0, batches * each, each)]
