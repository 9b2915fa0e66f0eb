"""Reading an audience into a journey: into the inbox alone, and through the engine."""

import os
import time
from collections.abc import Iterator
from datetime import timedelta

from engine import clock
from engine.audiences import reading
from engine.models import Audience, ReadRun, Sandbox
from engine.runtime import feeding
from engine.store import connection as connections
from journeyopt.capacity import invented
from tests.benchmarks import ground, scene
from tests.benchmarks.results import Row
from tests.cast import graph, node
from tests.processes import wait_until

READING_RATE = 20_000  # people a second: the highest that can be set
UNBOUNDED = 1_000_000  # as no journey can have it: what the engine would do

JOURNEY = graph(
    [
        node("read-audience-1", audience="Everybody", namespace="userId", reading_rate=READING_RATE),
        node("wait-1", duration="P1D"),
    ],
    "read-audience-1 > wait-1",
)


def measure(*, quick: bool) -> Iterator[Row]:
    count = int(os.environ.get("BENCH_AUDIENCE", 20_000 if quick else 200_000))
    sandbox = ground.empty()
    invented.people(sandbox, count)
    audience(sandbox, count)
    invented.deploy(sandbox, JOURNEY)
    invented.settle()

    began = time.perf_counter()
    assert reading.carry_on(clock.now()) == 1
    gathering = time.perf_counter() - began
    yield Row(
        what="the people of an audience gathered for a run", figure=f"{count / gathering:,.0f}/s",
        budget="", size=f"{count:,} people",
    )  # fmt: skip
    yield Row(
        what="people read into the inbox, were there no reading rate", figure=f"{count / feed(count):,.0f}/s",
        budget=">= 20,000/s", size=f"{count:,} people",
    )  # fmt: skip

    for workers, rate in ((1, READING_RATE), (2, READING_RATE), (2, UNBOUNDED)):
        ReadRun.objects.all().delete()
        invented.sql("TRUNCATE engine_inbox, engine_read_member, engine_instance, engine_step, engine_counter")
        invented.settle()
        names = [f"engine{number}" for number in range(workers)]
        with scene.running(*names) as product:
            began = time.perf_counter()
            assert reading.carry_on(clock.now()) == 1
            ReadRun.objects.update(rate=rate)
            wait_until(is_over, "everybody has entered", patience=600)
            took = time.perf_counter() - began
            memory = max(scene.resident(product.processes[name].pid) for name in names)
        assert invented.sql("SELECT count(*) FROM engine_instance")[0][0] == count
        how = f"at {rate:,}/s" if rate == READING_RATE else "as fast as the engine takes them"
        yield Row(
            what=f"people read {how} and entered (read audience, wait), workers: {workers}",
            figure=f"{count / took:,.0f}/s; a worker used {memory:,.0f} MB",
            budget="" if workers == 1 else ">= 20,000/s, when the reading rate allows", size=f"{count:,} people",
        )  # fmt: skip


def audience(sandbox: Sandbox, count: int) -> None:
    now = clock.now()
    made = Audience.objects.create(
        sandbox=sandbox, name="Everybody", kind="rule", rule="true", created_at=now, updated_at=now, evaluated_at=now
    )
    invented.sql(
        "INSERT INTO engine_membership (shard, profile_id, audience_id, is_member, changed_at) "
        "SELECT id %% 64, id, %s, true, now() FROM generate_series(1, %s) AS id",
        made.pk, count,
    )  # fmt: skip


def feed(count: int) -> float:
    """The seconds that feeding takes, with an engine that takes everything at once; that part is not counted."""
    took, now = 0.0, clock.now()
    with connections.connect(autocommit=True, name="benchmark") as connection:
        while ReadRun.objects.filter(state="reading").exists():
            now += timedelta(seconds=1)
            began = time.perf_counter()
            feeding.feed(connection, now=now)
            took += time.perf_counter() - began
            connection.execute("TRUNCATE engine_inbox")
    return took


def is_over() -> bool:
    return not ReadRun.objects.exclude(state="done").exists() and not invented.sql("SELECT 1 FROM engine_inbox LIMIT 1")
