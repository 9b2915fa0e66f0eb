"""The line to the database is cut, slow, or dead: senders are told, nothing is lost, and all goes on by itself."""

import json
import time
from collections import Counter
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.db import connection
from django_q.models import OrmQ

from engine import queue
from engine.models import Delivery, Event, InboxItem, Instance, StepEvent
from engine.store.ids import BLOCK
from tests.cast import Shop, graph, node
from tests.processes import Product, wait_until
from tests.proxy import BadLine
from tests.sinks import HttpSink

pytestmark = pytest.mark.crash
PEOPLE = 300


@pytest.fixture
def shop(committed):
    shop = Shop()
    yield shop
    shop.close()


@pytest.fixture
def line(committed):
    with BadLine() as line:
        yield line


@pytest.fixture
def product(line, tmp_path):
    """Everything it starts reaches the database over the bad line."""
    product = Product(tmp_path, DATABASE_URL=line.url)
    yield product
    product.kill()


def send(product: Product, shop: Shop, *numbers: int) -> tuple[int, dict]:
    """Orders of these people; what was answered."""
    items = [
        {"type": "track", "event": "Order", "userId": f"u{number}", "messageId": f"order-{number}"}
        for number in numbers
    ]
    body = json.dumps({"batch": items, "writeKey": shop.key}).encode()
    return ask(Request(f"{product.url}/v1/batch", body, {"Content-Type": "application/json"}))


def ask(request: Request | str) -> tuple[int, dict]:
    try:
        with urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except HTTPError as refused:
        return refused.code, json.load(refused)


def publish_call(shop: Shop, url: str) -> None:
    shop.defines("Order")
    shop.publishes(
        graph([node("event-1", event="Order"), node("custom-action-1", url=url)], "event-1 > custom-action-1")
    )


def all_done() -> bool:
    return (
        not InboxItem.objects.exists()
        and Instance.objects.filter(state="completed").count() == PEOPLE
        and not Delivery.objects.exclude(state="sent").exists()
    )


def must_be_whole(sink: HttpSink) -> None:
    assert Event.objects.count() == Instance.objects.count() == Delivery.objects.count() == PEOPLE
    assert set(Counter(StepEvent.objects.values_list("instance_id", "visit")).values()) == {1}
    assert Counter(call.key for call in sink.calls) == Counter(map(str, Delivery.objects.values_list("id", flat=True)))


def test_over_a_slow_line_everything_happens_once_only_later(shop, product, line):
    line.delay = 0.03  # there, and back again, for every statement
    with HttpSink() as sink:
        publish_call(shop, sink.url)
        product.start("web", "engine1", "engine2", "courier1", "courier2")
        answers = {send(product, shop, *range(first, first + 30))[0] for first in range(0, PEOPLE, 30)}
        wait_until(all_done, "everybody has been called for")
        product.stop()

    assert answers == {200}
    must_be_whole(sink)


def test_a_line_that_is_cut_again_and_again_loses_nothing(shop, product, line):
    with HttpSink() as sink:
        publish_call(shop, sink.url)
        product.start("web", "engine1", "courier1")
        for first in range(0, PEOPLE, 30):
            line.cut()
            wait_until(lambda first=first: send(product, shop, *range(first, first + 30))[0] == 200, "it was taken")
            time.sleep(0.2)
        wait_until(all_done, "everybody has been called for")
        assert all(process.poll() is None for process in product.processes.values())
        product.stop()

    must_be_whole(sink)


def test_over_a_dead_line_senders_are_told_and_afterwards_all_goes_on(shop, product, line):
    with HttpSink() as sink:
        publish_call(shop, sink.url)
        product.start("web", "engine1", "courier1")
        first = send(product, shop, *range(100))

        line.hangs()
        asked_at = time.monotonic()
        second = send(product, shop, *range(100, 200))
        told_after = time.monotonic() - asked_at
        ready = ask(f"{product.url}/readyz")
        alive = ask(f"{product.url}/healthz")
        line.heals()
        wait_until(lambda: send(product, shop, *range(100, PEOPLE))[0] == 200, "it was taken")
        recovered = ask(f"{product.url}/readyz")
        wait_until(all_done, "everybody has been called for")
        assert all(process.poll() is None for process in product.processes.values())
        product.stop()

    assert (first[0], second[0], second[1]["code"]) == (200, 503, "unavailable")
    assert told_after < 20
    assert (ready[0], ready[1]["problems"][0]["code"]) == (503, "database.unreachable")
    assert (alive[0], recovered[0]) == (200, 200)
    must_be_whole(sink)


def test_a_turn_whose_connection_is_ended_is_taken_again_with_ids_of_its_own(shop, product):
    """What a turn drew from the sequence may be drawn again when PostgreSQL crashed: it must not be used."""
    shop.defines("Order")
    shop.publishes(graph([node("event-1", event="Order")]))
    shop.tracks("Order", "ana")
    with connection.cursor() as holding:
        holding.execute("BEGIN")
        holding.execute("LOCK TABLE engine_instance IN SHARE MODE")  # the turn has its ids and cannot write
        product.start("engine1")
        held: set[int] = set()

        def another_waits() -> bool:
            holding.execute("SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'engine_instance'::regclass")
            return bool({pid for (pid,) in holding.fetchall()} - held)

        wait_until(another_waits, "the turn waits")
        holding.execute("SELECT pid, pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted")
        held = {pid for pid, _ in holding.fetchall()}
        holding.execute("SELECT last_value FROM engine_id_block")
        (drawn,) = holding.fetchone()
        wait_until(another_waits, "the turn is taken again")
        holding.execute("ROLLBACK")
    wait_until(lambda: not InboxItem.objects.exists(), "it is done")
    product.stop()

    assert Instance.objects.get().id // BLOCK > drawn
    assert set(Counter(StepEvent.objects.values_list("instance_id", "visit")).values()) == {1}


def test_background_jobs_wait_for_a_database_that_is_not_there_yet(shop, product, line):
    line.hangs()
    product.start("background")
    wait_until(lambda: "wait for the database" in product.log("background"), "it has noticed")
    queue.soon("engine.tasks.make_months")
    line.heals()

    wait_until(lambda: not OrmQ.objects.exists(), "the job is done", lambda: product.log("background"))
    assert product.processes["background"].poll() is None
    product.stop()
