"""Events in by HTTP: one by one, in batches of 500, and one by one while the engine works at its limit."""

from collections.abc import Iterator
from typing import Any

from engine import clock, control
from journeyopt.capacity import invented
from tests.benchmarks import ground, scene
from tests.benchmarks.results import Row
from tests.benchmarks.rows.engine import JOURNEY
from tests.processes import Product

NO_LIMIT = {"INBOX_LIMIT": "100000000", "LOG_LEVEL": "WARNING"}


def measure(*, quick: bool) -> Iterator[Row]:
    seconds = 3 if quick else 15
    people = 20_000 if quick else 200_000
    yield from _without_the_engine(seconds, people)
    yield from _beside_the_engine(seconds, people)


def _without_the_engine(seconds: float, people: int) -> Iterator[Row]:
    sandbox = ground.empty()
    invented.define(sandbox)
    invented.people(sandbox, people)
    invented.settle()
    key = control.make_write_key(sandbox_id=sandbox.pk, name="bench", by="bench")
    with scene.running("web", **NO_LIMIT) as product:
        scene.send(product, key, connections=64, seconds=1, people=people)
        before = _waiting()
        found = scene.send(product, key, connections=64, seconds=seconds, people=people)
        assert _waiting() - before >= found["events"]
        _all_taken(found)
        yield Row(
            what="single-event requests, 64 connections, each on disk before its answer",
            figure=_rate(found),
            budget=">= 8,000/s, p99 <= 25 ms",
            size=f"{found['requests']:,} requests",
        )
        yield _batches(product, key, seconds, people, web=1)
    with scene.running("web", GRANIAN_WORKERS="2", **NO_LIMIT) as product:
        scene.send(product, key, connections=8, seconds=1, people=people, batch=500)
        yield _batches(product, key, seconds, people, web=2)


def _batches(product: Product, key: str, seconds: float, people: int, *, web: int) -> Row:
    """PostgreSQL and one web process wait for each other in turn: a third of two cores is idle. With two, none is."""
    invented.sql("TRUNCATE engine_inbox, engine_seen_message")
    found = scene.send(product, key, connections=8, seconds=seconds, people=people, batch=500)
    _all_taken(found)
    return Row(
        what=f"events in batches of 500, 8 connections, web processes: {web}",
        figure=f"{found['events'] / found['seconds']:,.0f} events/s, p99 {found['p99']:.0f} ms",
        budget=">= 40,000/s" if web == 2 else "",
        size=f"{found['events']:,} events",
    )


def _beside_the_engine(seconds: float, people: int) -> Iterator[Row]:
    sandbox = ground.empty()
    invented.define(sandbox)
    invented.deploy(sandbox, JOURNEY)
    invented.people(sandbox, people)
    invented.events(sandbox, people)
    invented.settle()
    key = control.make_write_key(sandbox_id=sandbox.pk, name="bench", by="bench")
    with scene.running("web", "engine", **NO_LIMIT) as product:
        before = _done()
        began = clock.now()
        found = scene.send(product, key, connections=64, seconds=seconds, people=people)
        worked = (_done() - before) / (clock.now() - began).total_seconds()
        _all_taken(found)
        scene.until_quiet()
        drained = (clock.now() - began).total_seconds()
        yield Row(
            what="single-event requests while one engine works at its limit",
            figure=f"{_rate(found)}; the engine took {worked:,.0f} events/s; all done after {drained:.0f} s",
            budget=">= 5,000/s, and the backlog drains",
            size=f"{found['requests']:,} requests, {people:,} waiting before",
        )


def _rate(found: dict[str, Any]) -> str:
    return f"{found['requests'] / found['seconds']:,.0f}/s, p50 {found['p50']:.1f} ms, p99 {found['p99']:.1f} ms"


def _waiting() -> int:
    return int(invented.sql("SELECT count(*) FROM engine_inbox")[0][0])


def _done() -> int:
    return int(invented.sql("SELECT count(*) FROM engine_event")[0][0])


def _all_taken(found: dict[str, Any]) -> None:
    assert set(found["statuses"]) == {"200"}, found["statuses"]
