"""kill -9 at random moments under load: nothing that was accepted is lost, nothing happens twice, nobody is stuck."""

import asyncio
import http.client
import random
import threading
import time
from collections import Counter

import orjson
import pytest
from aiohttp import web
from django.db import connection

from engine.models import CaughtMail, Delivery, Event, InboxItem, Instance, Profile, StepEvent
from tests.cast import Shop, graph, node
from tests.processes import Product, wait_until
from tests.sinks import Call, HttpSink

SEED = 20_261
PEOPLE = 4_000
SENDERS = 4
KILLING = 25.0  # seconds
VICTIMS = ("web", "engine1", "engine2", "courier1", "courier2")

JOURNEY = [
    "event-1 > condition-1",
    "condition-1.big > custom-action-1",
    "condition-1.other > email-1",
    "custom-action-1 > wait-1",
    "wait-1 > update-profile-1",
]


@pytest.fixture
def shop(committed):
    shop = Shop()
    yield shop
    shop.close()


@pytest.mark.crash
def test_killed_at_any_moment_nothing_is_lost_and_nothing_happens_twice(shop, tmp_path, capsys):
    with HttpSink(slowly) as sink:
        shop.defines("Order")
        shop.publishes(graph(_nodes(sink.url), *JOURNEY))
        product = Product(tmp_path)
        product.start("mail", *VICTIMS)
        senders = [Sender(product, shop.key, range(first, PEOPLE, SENDERS)) for first in range(SENDERS)]
        for sender in senders:
            sender.start()

        kills = kill_at_random(product, random.Random(SEED))
        for sender in senders:
            sender.join(30)
        try:
            wait_until(is_quiet, "everything has come to rest", what_is_left, patience=45)
        finally:
            product.stop()

        assert not any(sender.is_alive() for sender in senders)
        compared = compare(senders, sink)
    with capsys.disabled():
        print(f"\nkilled {sum(kills.values())} times ({dict(kills)}); compared {compared}")


async def slowly(call: Call) -> web.Response:
    """Takes its time, so that some calls are under way whenever a courier dies."""
    await asyncio.sleep(0.1)
    return web.json_response({})


def kill_at_random(product: Product, chance: random.Random) -> Counter[str]:
    """Kill and start again, one process after the other and now and then several at once."""
    kills: Counter[str] = Counter()
    deadline = time.monotonic() + KILLING
    while time.monotonic() < deadline or len(kills) < len(VICTIMS):
        time.sleep(chance.uniform(0.3, 1.5))
        victims = chance.sample(VICTIMS, chance.choice((1, 1, 2, 3)))
        product.kill(*victims)
        kills.update(victims)
        time.sleep(chance.uniform(0.0, 0.5))
        product.start(*victims)
    return kills


class Sender(threading.Thread):
    """Sends people's events over real HTTP, and each again, with the same id, until it is told that it was taken."""

    def __init__(self, product: Product, key: str, people: range) -> None:
        super().__init__(daemon=True)
        self.people = people
        self.accepted: list[str] = []
        self.tries = 0
        self._product, self._key = product, key
        self._pause = KILLING / len(people)

    def run(self) -> None:
        connection = None
        for number in self.people:
            items = [
                _event(number, "identify", traits={"email": f"p{number}@example.org"}),
                _event(number, "track", event="Order", properties={"total": number % 100}),
                _event(number, "page", name="Home"),
            ]
            body = orjson.dumps({"batch": items, "writeKey": self._key})
            while True:
                self.tries += 1
                try:
                    if connection is None:
                        connection = http.client.HTTPConnection("127.0.0.1", self._product.port, timeout=10)
                    connection.request("POST", "/v1/batch", body, {"Content-Type": "application/json"})
                    answer = connection.getresponse()
                    answer.read()
                    if answer.status == 200:
                        break
                except (OSError, http.client.HTTPException):
                    connection = None
                    time.sleep(0.05)
            self.accepted += [item["messageId"] for item in items]
            time.sleep(self._pause)


def _event(number: int, kind: str, **more: object) -> dict[str, object]:
    return {"type": kind, "userId": f"p{number}", "messageId": f"{kind}-{number}", **more}


def _nodes(url: str) -> list[dict[str, object]]:
    return [
        node("event-1", event="Order"),
        node("condition-1", paths=[{"id": "big", "condition": "@event{Order.properties.total} >= 50"}]),
        node("custom-action-1", url=url, body=[{"name": "person", "value": "${externalKey}"}]),
        node("email-1", subject="Hello {{ profile.email }}", text="Thank you."),
        node("wait-1", duration="PT1S"),
        node("update-profile-1", fields=[{"field": "thanked", "value": "true"}]),
    ]


def is_quiet() -> bool:
    return not (
        InboxItem.objects.exists()
        or Instance.objects.filter(ended_at__isnull=True).exists()
        or Delivery.objects.filter(state__in=["queued", "sending"]).exists()
    )


def what_is_left() -> str:
    active = list(Instance.objects.filter(ended_at__isnull=True).values("id", "node", "port", "visit", "wake_at")[:5])
    open_ = list(
        Delivery.objects.filter(state__in=["queued", "sending"]).values("id", "state", "due_at", "leased_by")[:5]
    )
    return f"{InboxItem.objects.count()} items wait; inside: {active}; deliveries: {open_}"


def compare(senders: list[Sender], sink: HttpSink) -> str:
    """Everything that must hold, counted over the database and the outside world."""
    accepted = [id for sender in senders for id in sender.accepted]
    assert len(accepted) == 3 * PEOPLE
    events = Counter(Event.objects.values_list("message_id", flat=True))
    assert events == Counter(accepted), "every accepted event is there once"

    assert Profile.objects.count() == PEOPLE
    assert Instance.objects.filter(state="completed").count() == PEOPLE == Instance.objects.count()
    steps = Counter(StepEvent.objects.values_list("instance_id", "visit"))
    assert set(steps.values()) == {1}, "no step twice"
    big = {f"p{number}" for number in range(PEOPLE) if number % 100 >= 50}
    assert len(steps) == 5 * len(big) + 3 * (PEOPLE - len(big))
    assert Profile.objects.filter(attributes__thanked=True).count() == len(big)

    deliveries = list(Delivery.objects.values_list("id", "channel", "state", "instance_id"))
    assert {state for _, _, state, _ in deliveries} == {"sent"}
    assert len({instance for *_, instance in deliveries}) == len(deliveries) == PEOPLE
    calls = {str(id) for id, channel, *_ in deliveries if channel == "http"}
    assert {call.key for call in sink.calls} == calls
    assert {call.body["person"] for call in sink.calls} == big
    mails = [source.strip("<>").partition("@")[0] for source in CaughtMail.objects.values_list("message_id", flat=True)]
    assert set(mails) == {str(id) for id, channel, *_ in deliveries if channel == "email"}
    again = len(sink.calls) + len(mails) - len(deliveries)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(value), 0) FROM engine_counter WHERE node = '' AND metric = 'ended'")
        assert cursor.fetchone()[0] == PEOPLE, "counted once"
    sent_again = sum(sender.tries for sender in senders) - PEOPLE
    return (
        f"{len(events):,} events, {len(steps):,} steps, {len(deliveries):,} deliveries "
        f"({sent_again} requests sent again, "
        f"{again} deliveries handed over again with the same key)"
    )
