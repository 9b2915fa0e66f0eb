"""Journeys with an action and its result: HTTP calls and mails per second to local receivers."""

import time
from collections.abc import Iterator

from journeyopt.capacity import invented
from tests.benchmarks import ground, scene
from tests.benchmarks.results import Row
from tests.cast import graph, node


def measure(*, quick: bool) -> Iterator[Row]:
    count = 5_000 if quick else 50_000
    with scene.Sink("http") as sink:
        seconds = _run(count, _call(sink.port), 9)
    assert sink.count == count, sink.count
    yield Row(
        what="HTTP actions and their results (event, custom action, end), one engine, one courier",
        figure=f"{count / seconds:,.0f} calls/s",
        budget=">= 3,000/s",
        size=f"{count:,} calls",
    )
    count = 2_000 if quick else 20_000
    with scene.Sink("smtp") as sink:
        seconds = _run(count, _mail(), sink.port)
    assert sink.count == count, sink.count
    yield Row(
        what="mails, each rendered for its person (event, e-mail, end), one engine, one courier",
        figure=f"{count / seconds:,.0f} mails/s",
        budget=">= 1,000/s",
        size=f"{count:,} mails",
    )


def _run(count: int, journey: dict[str, object], smtp_port: int) -> float:
    """Seconds from the moment that the events are there until the last journey is over."""
    sandbox = ground.empty()
    invented.define(sandbox)
    invented.deploy(sandbox, journey)
    invented.people(sandbox, count)
    invented.settle()
    with scene.running("engine", "courier", SMTP_URL=f"smtp://127.0.0.1:{smtp_port}", LOG_LEVEL="WARNING"):
        invented.events(sandbox, count)
        invented.sql("SELECT pg_notify('engine_work', '')")
        began = time.perf_counter()
        scene.until_quiet()
        seconds = time.perf_counter() - began
    states = invented.sql("SELECT state, count(*) FROM engine_instance GROUP BY state")
    assert states == [("completed", count)], states
    return seconds


def _call(port: int) -> dict[str, object]:
    body = [
        {"name": "order.total", "value": "@event{Order.properties.total}"},
        {"name": "email", "value": "#{Profile.attributes.email}"},
    ]
    action = node("custom-action-1", url=f"http://127.0.0.1:{port}/orders", body=body)
    return graph([node("event-1", event="Order"), action], "event-1 > custom-action-1")


def _mail() -> dict[str, object]:
    html = "<html><body><h1>Thank you, {{ profile.email }}</h1><p>{{ event.properties.total }} EUR</p>" + (
        "{% for item in (1..5) %}<p>Item {{ item }} of order {{ event._id }}</p>{% endfor %}</body></html>"
    )
    mail = node("email-1", subject="Your order of {{ event.properties.total }} EUR", html=html)
    return graph([node("event-1", event="Order"), mail], "event-1 > email-1")
