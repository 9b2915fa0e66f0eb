"""A stimulus that cannot be processed is set aside with its reason; everybody behind it is served."""

from datetime import timedelta

import pytest
from django.db import connection

from engine.clock import travel
from engine.models import Event, InboxItem, Instance, RejectedEvent
from engine.runtime.worker import Worker
from tests.cast import graph, node

RECEIVED = "2026-11-24T12:00:00+00:00"


def put(shop, user: str, payload: str, kind: str = "event") -> None:
    """An item as no door would let it in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at) "
            "SELECT profile_id %% 64, sandbox_id, profile_id, %s, %s, now() FROM engine_identity WHERE value = %s",
            [kind, payload, user],
        )


@pytest.mark.parametrize(
    "payload",
    [
        "{}",
        "[]",
        "7",
        '{"n": "Cart", "m": "m", "t": "2026-11-24T12:00:00+00:00", "p": 7}',
        '{"n": "Cart", "m": "m", "t": "no moment", "p": {"type": "track", "event": "Cart"}}',
        '{"n": 7, "m": "m", "t": "2026-11-24T12:00:00+00:00", "p": {"type": "track", "event": "Cart"}}',
        '{"n": "Cart", "m": "m", "t": "2026-11-24T12:00:00+00:00", "p": {"type": "track", "a": "\\u0000"}}',
    ],
    ids=["empty", "list", "number", "payload", "moment", "name", "nul"],
)
def test_an_event_that_cannot_be_processed(shop, payload):
    shop.defines("Cart")
    shop.publishes(graph([node("event-1", event="Cart")]))
    users = [f"u{number}" for number in range(150)]
    shop.post("/v1/batch", {"batch": [{"type": "track", "userId": user, "event": "Visit"} for user in users]})
    shop.runs()
    put(shop, "u70", payload)
    shop.post("/v1/batch", {"batch": [{"type": "track", "userId": user, "event": "Cart"} for user in users]})

    shop.worker.run_until_idle(most_turns=200)

    rejected = RejectedEvent.objects.get()
    assert (rejected.code, rejected.dialect) == ("ERROR_SERVICE_INTERNAL", "event")
    assert rejected.message
    assert Instance.objects.filter(state="completed").count() == 150
    assert not InboxItem.objects.exists()


@pytest.mark.parametrize("kind", ["result", "control", "merge"])
def test_what_is_no_event_is_set_aside_too(shop, kind):
    shop.tracks("Visit", "ana")
    shop.runs()
    put(shop, "ana", '{"nothing": "useful"}', kind)
    shop.tracks("Visit", "ana")

    shop.worker.run_until_idle(most_turns=50)

    assert RejectedEvent.objects.get().dialect == kind
    assert Event.objects.count() == 2
    assert not InboxItem.objects.exists()


@pytest.mark.parametrize(
    "harm",
    ['timers = \'{"wait-1": "no moment"}\'', "port = 'gone'"],
    ids=["unreadable", "nowhere"],
)
def test_an_instance_whose_moment_fails_ends_in_error_and_is_counted(shop, harm):
    shop.defines("Cart")
    drawn = graph([node("event-1", event="Cart"), node("wait-1", duration="PT1M")], "event-1 > wait-1")
    version = shop.publishes(drawn)
    for user in ("ana", "ben"):
        shop.tracks("Cart", user)
    shop.runs()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE engine_instance SET {harm} WHERE id = (SELECT min(id) FROM engine_instance)")

    with travel(timedelta(minutes=2)):
        shop.worker.run_until_idle(most_turns=50)

    assert list(Instance.objects.order_by("id").values_list("state", flat=True)) == ["error", "completed"]
    assert shop.counts(version)["journey"] == {"entered": 2, "active": 0, "ended": 2, "error": 1, "discarded": 0}
    assert not InboxItem.objects.exists()


def test_a_worker_that_meets_a_poisoned_item_goes_on(shop):
    shop.tracks("Visit", "ana")
    shop.runs()
    put(shop, "ana", "[]")
    worker = Worker(limit=2_000)
    worker.run_until_idle(most_turns=20)
    worker._drop_connection()

    assert RejectedEvent.objects.count() == 1
