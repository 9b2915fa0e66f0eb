"""Killed at the moments where it is most awkward: nothing is lost, and nothing happens twice unnoticed."""

import http.client
import json
import signal
import subprocess
import sys
from collections import Counter

import pytest
from django.db import connection

from engine import fault_points
from engine.models import Delivery, Event, InboxItem, Instance, Profile, StepEvent
from tests.carrying import post
from tests.cast import Shop, graph, node
from tests.processes import ROOT, Product, wait_until
from tests.sinks import HttpSink

__all__ = ["post"]
pytestmark = pytest.mark.crash


@pytest.fixture
def shop(committed):
    shop = Shop()
    yield shop
    shop.close()


@pytest.fixture
def product(tmp_path):
    product = Product(tmp_path)
    yield product
    product.kill()


def dies(product: Product, name: str, point: str) -> None:
    """Start this process so that it dies at this point; it need not live until it is ready."""
    product.environment["FAULT_POINT"] = point
    product.begin(name)
    del product.environment["FAULT_POINT"]


def wait_for_death(product: Product, name: str) -> None:
    process = product.processes.pop(name)
    wait_until(lambda: process.poll() is not None, f"{name} is dead", lambda: product.log(name))
    assert process.returncode == -signal.SIGKILL, product.log(name)


def publish_steps(shop: Shop) -> int:
    shop.defines("Order")
    return shop.publishes(
        graph(
            [
                node("event-1", event="Order"),
                node("update-profile-1", fields=[{"field": "thanked", "value": "true"}]),
            ],
            "event-1 > update-profile-1",
        )
    )


@pytest.mark.parametrize(("point", "is_done"), [("before-turn-commit", False), ("after-turn-commit", True)])
def test_an_engine_killed_around_its_commit_has_done_the_turn_or_not(shop, product, point, is_done):
    version = publish_steps(shop)
    for user in ("ana", "ben", "cleo"):
        shop.tracks("Order", user)

    dies(product, "engine1", point)
    wait_for_death(product, "engine1")
    wait_until(lambda: nobody_else("journeyopt engine"), "the database has noticed")
    entered, waiting = Instance.objects.count(), InboxItem.objects.count()
    product.start("engine2")
    wait_until(lambda: not InboxItem.objects.exists(), "everything is taken")
    product.stop()

    assert (entered, waiting) == ((3, 0) if is_done else (0, 3))
    assert Instance.objects.filter(state="completed").count() == 3
    assert set(Counter(StepEvent.objects.values_list("instance_id", "visit")).values()) == {1}
    assert Profile.objects.filter(attributes__thanked=True).count() == 3
    assert shop.counts(version)["nodes"]["update-profile-1"]["entered"] == 3


def nobody_else(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s", [name]
        )
        return cursor.fetchone() == (0,)


def run_out(delivery: Delivery) -> None:
    """Its courier is not heard of for the length of a lease."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE engine_delivery SET due_at = now() WHERE shard = %s AND id = %s", [delivery.shard, delivery.id]
        )


@pytest.mark.parametrize(("point", "arrived"), [("before-send", 0), ("after-send", 1)])
def test_a_call_whose_courier_is_killed_is_made_again_with_the_same_key_and_counted(shop, product, point, arrived):
    with HttpSink() as sink:
        shop.defines("Order")
        shop.publishes(
            graph([node("event-1", event="Order"), node("custom-action-1", url=sink.url)], "event-1 > custom-action-1")
        )
        shop.tracks("Order", "ana")
        shop.runs()
        dies(product, "courier1", point)
        wait_for_death(product, "courier1")
        before = len(sink.calls)
        left = Delivery.objects.get()
        run_out(left)
        product.start("courier2", "engine")
        wait_until(lambda: Instance.objects.get().state == "completed", "the journey is over")
        product.stop()

    assert (before, left.state, left.outcomes_unknown) == (arrived, "sending", 0)
    assert len(sink.calls) == arrived + 1
    assert {call.key for call in sink.calls} == {str(left.id)}
    made = Delivery.objects.get()
    assert (made.state, made.attempts, made.outcomes_unknown) == ("sent", 2, 1)
    assert set(Counter(StepEvent.objects.values_list("instance_id", "visit")).values()) == {1}


def test_a_mail_whose_courier_is_killed_after_it_left_arrives_again_under_the_same_message_id(shop, product, post):
    product.environment["SMTP_URL"] = f"smtp://127.0.0.1:{post.port}"
    shop.defines("Order")
    shop.publishes(
        graph([node("event-1", event="Order"), node("email-1", subject="Hi", text="Hi")], "event-1 > email-1")
    )
    shop.identifies("ana", email="ana@example.org")
    shop.tracks("Order", "ana")
    shop.runs()
    dies(product, "courier1", "after-send")
    wait_for_death(product, "courier1")
    run_out(Delivery.objects.get())
    product.start("courier2", "engine")
    wait_until(lambda: Instance.objects.get().state == "completed", "the journey is over")
    product.stop()

    ids = [line for _, source in post.mails for line in source.splitlines() if line.startswith("Message-ID: ")]
    assert len(ids) == 2
    assert set(ids) == {f"Message-ID: <{Delivery.objects.get().id}@journeyopt.example>"}
    assert Delivery.objects.get().outcomes_unknown == 1


def test_events_whose_sender_got_no_answer_count_once_when_they_are_sent_again(shop, product):
    publish_steps(shop)
    body = json.dumps({"userId": "ana", "event": "Order", "messageId": "order-1", "writeKey": shop.key})

    def send() -> int:
        asking = http.client.HTTPConnection("127.0.0.1", product.port, timeout=20)
        asking.request("POST", "/v1/track", body, {"Content-Type": "application/json"})
        return asking.getresponse().status

    product.environment["FAULT_POINT"] = "after-ingest-commit"
    product.start("web")
    with pytest.raises((OSError, http.client.HTTPException)):
        send()
    kept = InboxItem.objects.count()
    del product.environment["FAULT_POINT"]
    product.kill("web")
    product.start("web", "engine")
    again = send()
    wait_until(lambda: not InboxItem.objects.exists(), "everything is taken")
    product.stop()

    assert (kept, again) == (1, 200)
    assert Event.objects.count() == Instance.objects.count() == 1
    assert set(Counter(StepEvent.objects.values_list("instance_id", "visit")).values()) == {1}


@pytest.mark.parametrize("given", ["before-lunch", "after-send:often", "after-send:0", ":3"])
def test_a_point_that_is_none_stops_the_start_and_says_which_there_are(given, monkeypatch):
    code = "import engine.fault_points"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={"FAULT_POINT": given}, capture_output=True, text=True
    )

    assert ended.returncode == 1
    assert f"FAULT_POINT={given!r}" in ended.stderr
    assert all(point in ended.stderr for point in fault_points.POINTS)
