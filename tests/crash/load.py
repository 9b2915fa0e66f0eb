"""The load under which processes are killed: people who order, a journey for them, and what must hold in the end."""

import asyncio
import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import orjson
from aiohttp import web
from django.db import connection

from engine.models import Delivery, Event, InboxItem, Instance, Profile, StepEvent
from tests.cast import Graph, graph, node
from tests.processes import Product
from tests.sinks import Call, HttpSink

JOURNEY = [
    "event-1 > condition-1",
    "condition-1.big > custom-action-1",
    "condition-1.other > email-1",
    "custom-action-1 > wait-1",
    "wait-1 > update-profile-1",
]


def orders(url: str) -> Graph:
    """Who orders much is called for and thanked a second later, the others get a mail."""
    return graph(
        [
            node("event-1", event="Order"),
            node("condition-1", paths=[{"id": "big", "condition": "@event{Order.properties.total} >= 50"}]),
            node("custom-action-1", url=url, body=[{"name": "person", "value": "${externalKey}"}]),
            node("email-1", subject="Hello {{ profile.email }}", text="Thank you."),
            node("wait-1", duration="PT1S"),
            node("update-profile-1", fields=[{"field": "thanked", "value": "true"}]),
        ],
        *JOURNEY,
    )


async def slowly(call: Call) -> web.Response:
    """Takes its time, so that some calls are under way whenever a courier dies."""
    await asyncio.sleep(0.1)
    return web.json_response({})


class Sender(threading.Thread):
    """Sends people's events over real HTTP, and each again, with the same id, until it is told that it was taken.

    `pause`: seconds between two people. `stop` lets it end after the person it is at. `answers`: when each request that
    was taken was sent, and when it was answered, by the monotonic clock.
    """

    def __init__(self, product: Product, key: str, people: Iterable[int], *, pause: float) -> None:
        super().__init__(daemon=True)
        self.people: list[int] = []
        self.accepted: list[str] = []
        self.answers: list[tuple[float, float]] = []
        self.tries = 0
        self._coming, self._product, self._key, self._pause = people, product, key, pause
        self._is_over = threading.Event()

    def stop(self) -> None:
        self._is_over.set()

    def run(self) -> None:
        for number in self._coming:
            if self._is_over.is_set():
                return
            items = [
                _event(number, "identify", traits={"email": f"p{number}@example.org"}),
                _event(number, "track", event="Order", properties={"total": number % 100}),
                _event(number, "page", name="Home"),
            ]
            self.people.append(number)
            self._send(orjson.dumps({"batch": items, "writeKey": self._key}))
            self.accepted += [str(item["messageId"]) for item in items]
            self._is_over.wait(self._pause)

    def _send(self, body: bytes) -> None:
        connection = None
        while True:
            self.tries += 1
            began = time.monotonic()
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", self._product.port, timeout=10)
                connection.request("POST", "/v1/batch", body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                if answer.status == 200:
                    self.answers.append((began, time.monotonic()))
                    connection.close()
                    return
            except (OSError, http.client.HTTPException):
                connection = None
            time.sleep(0.05)


def _event(number: int, kind: str, **more: object) -> dict[str, object]:
    return {"type": kind, "userId": f"p{number}", "messageId": f"{kind}-{number}", **more}


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


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What was counted when everything held. `again`: what arrived at a receiver once more, under the same key."""

    events: int
    steps: int
    deliveries: int
    sent_again: int
    again: int
    unknown: int
    prevented: int

    def __str__(self) -> str:
        return (
            f"{self.events:,} events, {self.steps:,} steps, {self.deliveries:,} deliveries "
            f"({self.sent_again} requests sent again, {self.again} deliveries arrived again with the same key, "
            f"{self.unknown} outcomes unknown, {self.prevented} duplicates prevented)"
        )


def compare(version: int, senders: list[Sender], sink: HttpSink, mails: list[str]) -> Compared:
    """Everything that must hold, counted over the database and the outside world. `mails`: the Message-IDs received."""
    accepted = [id for sender in senders for id in sender.accepted]
    people = {number for sender in senders for number in sender.people}
    assert len(accepted) == 3 * len(people)
    events = Counter(Event.objects.exclude(message_id__startswith="fall-").values_list("message_id", flat=True))
    assert events == Counter(accepted), "every accepted event is there once"

    assert Profile.objects.filter(attributes__has_key="email").count() == len(people)
    inside = Instance.objects.filter(version_id=version)
    assert inside.filter(state="completed").count() == len(people) == inside.count()
    steps = Counter(StepEvent.objects.filter(version_id=version).values_list("instance_id", "visit"))
    assert set(steps.values()) == {1}, "no step twice"
    big = {f"p{number}" for number in people if number % 100 >= 50}
    assert len(steps) == 5 * len(big) + 3 * (len(people) - len(big))
    assert Profile.objects.filter(attributes__thanked=True).count() == len(big)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(value), 0) FROM engine_counter "
            "WHERE version_id = %s AND node = '' AND metric = 'ended'",
            [version],
        )
        assert cursor.fetchone()[0] == len(people), "counted once"

    deliveries = list(
        Delivery.objects.values("id", "channel", "state", "instance_id", "outcomes_unknown", "duplicates_prevented")
    )
    assert {found["state"] for found in deliveries} == {"sent"}
    assert len({found["instance_id"] for found in deliveries}) == len(deliveries) == len(people)
    assert {call.body["person"] for call in sink.calls} == big
    arrived = {
        "http": Counter(call.key for call in sink.calls),
        "email": Counter(id.strip("<>").partition("@")[0] for id in mails),
    }
    for channel, found in arrived.items():
        assert set(found) == {str(one["id"]) for one in deliveries if one["channel"] == channel}
    for one in deliveries:
        times = arrived[one["channel"]][str(one["id"])]
        assert times <= 1 + one["outcomes_unknown"], f"{one} arrived {times} times, and nobody was told"
    return Compared(
        events=len(events),
        steps=len(steps),
        deliveries=len(deliveries),
        sent_again=sum(sender.tries for sender in senders) - len(people),
        again=len(sink.calls) + len(mails) - len(deliveries),
        unknown=sum(found["outcomes_unknown"] for found in deliveries),
        prevented=sum(found["duplicates_prevented"] for found in deliveries),
    )
