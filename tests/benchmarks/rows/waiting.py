"""People who wait: many due in the same minute, and what an event costs beside ever more of them."""

import os
from collections.abc import Iterator

from engine.models import Sandbox
from journeyopt.capacity import invented
from tests.benchmarks import ground
from tests.benchmarks.results import Row
from tests.benchmarks.rows.engine import JOURNEY, drain, run_engines
from tests.cast import graph, node

DUE, QUICK_DUE = 1_000_000, 20_000
FULL = 10_000_000  # who wait; WAITING asks for another number of them
USUALLY, QUICK = 1_000_000, 50_000
EVENTS, THEN = 100_000, 500_000  # right after a checkpoint, when each page is written whole that is touched; and then
LED, WAITS = 1, 2  # versions
LEFT = "SELECT 1 FROM engine_instance WHERE ended_at IS NULL AND wake_at <= now() LIMIT 1"
WAIT = graph(
    [
        node("event-1", event="Never"),
        node("wait-1", duration="P30D"),
        node("update-profile-1", fields=[{"field": "plan", "value": "@event{Never.properties.currency}"}]),
    ],
    "event-1 > wait-1",
    "wait-1 > update-profile-1",
)


def measure(*, quick: bool) -> Iterator[Row]:
    yield from _all_due_at_once(QUICK_DUE if quick else DUE)
    yield from _beside_who_waits(QUICK if quick else int(os.environ.get("WAITING", USUALLY)), quick)


def _all_due_at_once(count: int) -> Iterator[Row]:
    for workers in (1, 2):
        sandbox = _scene(count)
        invented.people_wait(invented.led(sandbox, "Never"), count, event="Never", due="now()")
        invented.settle()
        seconds, memory = drain(workers, LEFT)
        ended = invented.sql("SELECT count(*) FROM engine_instance WHERE state = 'completed'")[0][0]
        assert ended == count, f"{ended} of {count} went on"
        yield Row(
            what=f"waits that are due in the same moment (wait, update profile, end), workers: {workers}",
            figure=f"{count / seconds:,.0f}/s, drained in {seconds:.0f} s; a worker used {memory:,.0f} MB",
            budget="1,000,000 in <= 60 s, memory flat",
            size=f"{count:,} people",
        )


def _beside_who_waits(most: int, quick: bool) -> Iterator[Row]:
    """The same events, of people who do not wait, while others do."""
    parts = (10_000, 20_000) if quick else (EVENTS, THEN)
    least: list[float] = []
    for waiting in sorted({10_000, min(most, 1_000_000), most}):
        sandbox = _scene(max(parts))
        _more_people(sandbox, waiting, first=max(parts) + 1)
        due = "now() + interval '10 days'"
        invented.people_wait(invented.led(sandbox, "Never"), waiting, event="Never", due=due, first=max(parts) + 1)
        each = []
        for events in parts:
            invented.events(sandbox, events)
            if not each:
                invented.settle()
            each.append(run_engines(1) / events)
        least = least or each
        first, then = (f"{1e6 * one:.0f} us ({one / little:.2f})" for one, little in zip(each, least, strict=True))
        yield Row(
            what=f"an event (event, condition, update profile, end) while {waiting:,} people wait, one worker",
            figure=f"{then}; {first} right after a checkpoint; in brackets: of what it costs beside 10,000",
            budget="10,000,000 waiting: <= 1.2 of the cost beside 10,000",
            size=f"{parts[1]:,} events; {parts[0]:,} right after a checkpoint",
        )


def _scene(people: int) -> Sandbox:
    sandbox = ground.empty()
    invented.define(sandbox)
    invented.define(sandbox, "Never")
    invented.deploy(sandbox, JOURNEY, version=LED)
    invented.deploy(sandbox, WAIT, version=WAITS)
    invented.people(sandbox, people)
    return sandbox


def _more_people(sandbox: Sandbox, count: int, *, first: int) -> None:
    invented.sql(
        "INSERT INTO engine_profile (shard, id, sandbox_id, attributes, created_at, updated_at) "
        "SELECT id %% 64, id, %s, '{\"plan\": \"free\"}', now(), now() FROM generate_series(%s::bigint, %s) AS id",
        sandbox.pk, first, first + count - 1,
    )  # fmt: skip
