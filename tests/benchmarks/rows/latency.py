"""From the moment an event is sent until its first action arrives at the receiver, all processes at work."""

from collections.abc import Iterator

from engine import control
from journeyopt.capacity import invented
from tests.benchmarks import ground, scene
from tests.benchmarks.results import Row
from tests.cast import graph, node


def measure(*, quick: bool) -> Iterator[Row]:
    for rate, seconds, budget in (
        (5, 6 if quick else 40, "p50 <= 20 ms, p99 <= 60 ms"),
        (500, 4 if quick else 20, "p50 <= 50 ms, p99 <= 250 ms"),
    ):
        with scene.Sink("http") as sink:
            count = _run(rate, seconds, sink.port)
        ms = sink.ms
        assert len(ms) >= count, f"{len(ms)} of {count} arrived"
        yield Row(
            what=f"event sent -> its action at the receiver, {rate} events/s",
            figure=f"p50 {ms[len(ms) // 2]:.0f} ms, p99 {ms[int(len(ms) * 0.99)]:.0f} ms, most {ms[-1]:.0f} ms",
            budget=budget,
            size=f"{len(ms):,} events",
        )


def _run(rate: int, seconds: int, port: int) -> int:
    sandbox = ground.empty()
    invented.define(sandbox)
    body = [{"name": "at", "value": "@event{Order.properties.at}"}]
    action = node("custom-action-1", url=f"http://127.0.0.1:{port}/", body=body)
    invented.deploy(sandbox, graph([node("event-1", event="Order"), action], "event-1 > custom-action-1"))
    people = rate * seconds + 100
    invented.people(sandbox, people)
    invented.settle()
    key = control.make_write_key(sandbox_id=sandbox.pk, name="bench", by="bench")
    with scene.running("web", "engine", "courier", LOG_LEVEL="WARNING") as product:
        found = scene.send(product, key, connections=16, seconds=seconds, rate=rate, people=people)
        scene.until_quiet()
    assert set(found["statuses"]) == {"200"}, found["statuses"]
    return int(found["requests"])
