"""A courier that stands still for longer than its leases last, as on a machine that was put to sleep, and goes on."""

import asyncio
import os
import signal
from collections import Counter

import pytest
from aiohttp import web

from engine.models import Delivery, Instance
from tests.cast import Shop, graph, node
from tests.processes import Product, wait_until
from tests.sinks import HttpSink


@pytest.fixture
def shop(committed):
    shop = Shop()
    yield shop
    shop.close()


@pytest.mark.crash
def test_it_notes_nothing_twice_and_makes_nothing_that_another_has_made(shop, tmp_path):
    async def first_takes_its_time(call):
        if len(sink.calls) == 1:
            await asyncio.sleep(3)
        return web.json_response({})

    with HttpSink(first_takes_its_time) as sink:
        shop.defines("Order")
        shop.publishes(
            graph([node("event-1", event="Order"), node("custom-action-1", url=sink.url)], "event-1 > custom-action-1")
        )
        for user in ("ana", "ben"):
            shop.tracks("Order", user)
        shop.runs()
        product = Product(tmp_path, COURIER_CONCURRENCY="1")
        product.start("courier1")  # with one call under way, and one in hand
        wait_until(
            lambda: len(sink.calls) == 1 and Delivery.objects.filter(state="sending").count() == 2, "it has both"
        )
        frozen = product.processes["courier1"].pid
        os.killpg(frozen, signal.SIGSTOP)
        product.start("courier2", "engine")
        wait_until(lambda: Instance.objects.filter(state="completed").count() == 2, "another has made both")
        os.killpg(frozen, signal.SIGCONT)
        wait_until(lambda: Delivery.objects.filter(duplicates_prevented=1).exists(), "it has tried to note the first")
        product.stop()

    arrived = Counter(call.key for call in sink.calls)
    first, second = sink.calls[0].key, next(call.key for call in sink.calls if call.key != sink.calls[0].key)
    found = {
        str(id): counted
        for id, *counted in Delivery.objects.values_list("id", "state", "outcomes_unknown", "duplicates_prevented")
    }
    assert arrived == {first: 2, second: 1}
    assert found == {first: ["sent", 1, 1], second: ["sent", 1, 0]}
