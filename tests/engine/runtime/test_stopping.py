"""Stopping a version: everyone leaves, also those who were just entering, and what was to be sent is not."""

import threading

from django.db import transaction

from engine import clock, control
from engine.models import Delivery, InboxItem, Instance
from engine.runtime.turn import take_turn
from engine.store import connection as connections
from tests.cast import graph, node


def stop(version: int) -> None:
    with transaction.atomic():
        control.stop(version_id=version, now=clock.now())


def waiting(shop) -> int:
    shop.defines("Cart")
    return shop.publishes(graph([node("event-1", event="Cart"), node("wait-1", duration="P1D")], "event-1 > wait-1"))


def test_everyone_inside_leaves_and_the_counts_agree(shop):
    version = waiting(shop)
    for user in ("ana", "ben"):
        shop.tracks("Cart", user)
    shop.runs()

    stop(version)
    shop.runs()

    assert set(Instance.objects.values_list("state", flat=True)) == {"stopped"}
    assert shop.counts(version)["journey"] == {"entered": 2, "active": 0, "ended": 2, "error": 0, "discarded": 0}
    assert shop.counts(version)["nodes"]["wait-1"]["waiting"] == 0


def test_nobody_enters_afterwards(shop):
    version = waiting(shop)
    stop(version)
    shop.tracks("Cart", "ana")
    shop.runs()

    assert not Instance.objects.exists()


def test_whoever_was_entering_while_it_was_stopped_leaves_too(shop):
    version = waiting(shop)
    shop.tracks("Cart", "ana")
    worker = shop.worker
    with connections.connect(autocommit=True) as connection, connection.transaction():
        # A turn that has looked at the catalogue and not committed yet…
        report = take_turn(connection, worker._catalogue, worker._ids, writer=1, now=clock.now(), limit=10)
        stopping = threading.Thread(target=stop, args=[version])
        stopping.start()
        stopping.join(20)
        assert report.entered == 1
        assert not InboxItem.objects.filter(kind="control").exists(), "…is invisible to the one who stops"

    shop.tracks("Else", "somebody")
    shop.runs()

    assert Instance.objects.get().state == "stopped"


def test_an_event_after_the_stop_moves_nobody_on(shop):
    shop.defines("Cart")
    shop.defines("Order")
    drawn = graph(
        [
            node("event-1", event="Cart"),
            node("event-2", event="Order"),
            node("custom-action-1", url="http://127.0.0.1:9/"),
        ],
        "event-1 > event-2",
        "event-2 > custom-action-1",
    )
    version = shop.publishes(drawn)
    shop.tracks("Cart", "ana")
    shop.runs()

    shop.tracks("Order", "ana")
    stop(version)
    shop.runs()

    assert Instance.objects.get().state == "stopped"
    assert not Delivery.objects.exists()
