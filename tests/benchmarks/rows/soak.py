"""Mixed load for as long as is asked for: what should stay flat, and whether it does.

SOAK_SECONDS=3600 for an hour, a minute otherwise; SOAK_RATE events a second. Compared are the state after a fifth of
the time and that at the end. Half-way, a month of history that is over is dropped.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import psutil
from django.conf import settings

from engine import clock, control
from engine.runtime import retention
from journeyopt.capacity import invented
from tests.benchmarks import ground, scene
from tests.benchmarks.results import Row
from tests.cast import graph, node
from tests.processes import Product

USUALLY, QUICK = 60, 15  # seconds
RATE = int(os.environ.get("SOAK_RATE", 400))  # events a second
PEOPLE = 200_000
OVER = 500_000  # events of a month that is over
PROCESSES = ("web", "engine0", "engine1", "courier", "background")
JOURNEY = graph(
    [
        node("event-1", event="Order"),
        node("wait-1", duration="PT5S"),
        node("condition-1", paths=[{"id": "big", "condition": "@event{Order.properties.total} >= 100"}]),
        node("update-profile-1", fields=[{"field": "plan", "value": "@event{Order.properties.currency}"}]),
        node("custom-action-1", url="to be filled in"),
        node("email-1", subject="Order {{ event.properties.total }}", html="<p>Thank you, {{ profile.email }}</p>"),
    ],
    "event-1 > wait-1",
    "wait-1 > condition-1",
    "condition-1.big > update-profile-1",
    "condition-1.other > custom-action-1",
    "update-profile-1 > email-1",
)


@dataclass(frozen=True, slots=True)
class State:
    """`memory`: MB by process; `inbox`, `inside`, `history`: bytes with indexes; `oldest`: of the inbox, in seconds.

    `inside`: the part of the instances that has those who are in a journey. Its rows live for seconds.
    """

    events: int
    memory: dict[str, float]
    inbox: int
    history: int
    inside: int
    oldest: float


def measure(*, quick: bool) -> Iterator[Row]:
    seconds = QUICK if quick else int(os.environ.get("SOAK_SECONDS", USUALLY))
    sandbox = ground.empty()
    invented.define(sandbox)
    invented.people(sandbox, PEOPLE)
    retention.make_months(clock.now())
    key = control.make_write_key(sandbox_id=sandbox.pk, name="bench", by="bench")
    invented.settle()
    with scene.Sink("http") as http, scene.Sink("smtp") as smtp:
        JOURNEY["nodes"][4]["settings"]["url"] = f"http://127.0.0.1:{http.port}/"
        invented.deploy(sandbox, JOURNEY)
        given = {"SMTP_URL": f"smtp://127.0.0.1:{smtp.port}", "LOG_LEVEL": "WARNING"}
        with scene.running(*PROCESSES, **given) as product:
            sender = scene.start_sending(product, key, connections=16, seconds=seconds, people=PEOPLE, rate=RATE)
            time.sleep(seconds / 5)
            early = _state(product)
            time.sleep(seconds * 3 / 10)
            forgetting = _forget_a_month()
            sent = scene.finished(sender, within=seconds + 60)
            late = _state(product)
            time.sleep(6)  # the last ones wait for five
            scene.until_quiet()
    entered = invented.sql("SELECT count(*) FROM engine_instance")[0][0]
    inside = invented.sql("SELECT count(*) FROM engine_instance WHERE ended_at IS NULL")[0][0]
    assert (set(sent["statuses"]), inside) == ({"200"}, 0), (sent["statuses"], inside)
    assert http.count + smtp.count == entered, (http.count, smtp.count, entered)
    memory = ", ".join(f"{name} {early.memory[name]:.0f} -> {late.memory[name]:.0f}" for name in PROCESSES)
    each = [(state.history / max(1, state.events)) for state in (early, late)]
    yield Row(
        what=f"{RATE} events a second (event, wait, condition, update profile and mail, or call), from a fifth on",
        figure=f"memory in MB: {memory}; inbox {early.inbox / 1e6:.1f} -> {late.inbox / 1e6:.1f} MB; those inside "
        f"{early.inside / 1e6:.1f} -> {late.inside / 1e6:.1f} MB; history {each[0]:,.0f} -> {each[1]:,.0f} bytes an "
        f"event; the oldest item waits {late.oldest:.1f} s; p99 of requests {sent['p99']:.0f} ms, "
        f"most {sent['most']:.0f} ms; a month of {OVER:,} events dropped in {forgetting:.1f} s",
        budget="flat; all mails and calls once",
        size=f"{seconds} s, {entered:,} people",
    )


def _forget_a_month() -> float:
    """Seconds that it takes to drop a month that nobody keeps any more."""
    month = clock.now() - timedelta(days=31 * (settings.RETENTION_MONTHS + 2))
    retention.make_months(month)
    invented.sql(
        "INSERT INTO engine_event SELECT n %% 64, n, 1, n, 'Order', '', '{}', '{}', %s, %s "
        "FROM generate_series(1, %s) AS n",
        month,
        month,
        OVER,
    )
    began = time.monotonic()
    retention.forget(clock.now())
    ended = time.monotonic()
    assert not invented.sql(f"SELECT 1 FROM pg_class WHERE relname = 'engine_event_{month:y%Ym%m}'")
    return ended - began


def _resident(process: int) -> float:
    """MB of a process and its children."""
    whole = psutil.Process(process)
    return sum(one.memory_info().rss for one in (whole, *whole.children(recursive=True))) / 1e6


def _state(product: Product) -> State:
    tables = ("engine_event", "engine_step", "engine_instance", "engine_delivery", "engine_seen_message")
    size = (
        "SELECT coalesce(sum(pg_total_relation_size(relid)), 0) FROM (SELECT %s::regclass AS relid UNION ALL "
        "SELECT inhrelid FROM pg_inherits WHERE inhparent = %s::regclass) AS parts"
    )
    history = sum(invented.sql(size, table, table)[0][0] for table in tables)
    ((oldest,),) = invented.sql(
        "SELECT coalesce(extract(epoch FROM now() - min(received_at)), 0)::float8 FROM engine_inbox"
    )
    return State(
        events=invented.sql("SELECT count(*) FROM engine_event")[0][0],
        memory={name: _resident(product.processes[name].pid) for name in PROCESSES},
        inbox=invented.sql("SELECT pg_total_relation_size('engine_inbox')")[0][0],
        history=int(history),
        inside=invented.sql("SELECT pg_total_relation_size('engine_instance_inside')")[0][0],
        oldest=oldest,
    )
