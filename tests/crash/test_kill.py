"""kill -9 at random moments under load: nothing that was accepted is lost, nothing happens twice, nobody is stuck."""

import random
import time
from collections import Counter

import pytest

from engine.models import CaughtMail
from tests.cast import Shop
from tests.crash.load import Sender, compare, is_quiet, orders, slowly, what_is_left
from tests.processes import Product, wait_until
from tests.sinks import HttpSink

SEED = 20_261
PEOPLE = 4_000
SENDERS = 4
KILLING = 25.0  # seconds
VICTIMS = ("web", "engine1", "engine2", "courier1", "courier2")


@pytest.fixture
def shop(committed):
    shop = Shop()
    yield shop
    shop.close()


@pytest.mark.crash
def test_killed_at_any_moment_nothing_is_lost_and_nothing_happens_twice(shop, tmp_path, capsys):
    with HttpSink(slowly) as sink:
        shop.defines("Order")
        version = shop.publishes(orders(sink.url))
        product = Product(tmp_path)
        product.start("mail", *VICTIMS)
        pause = KILLING * SENDERS / PEOPLE
        senders = [Sender(product, shop.key, range(first, PEOPLE, SENDERS), pause=pause) for first in range(SENDERS)]
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
        assert sum(len(sender.people) for sender in senders) == PEOPLE
        mails = list(CaughtMail.objects.values_list("message_id", flat=True))
        compared = compare(version, senders, sink, mails)
    with capsys.disabled():
        print(f"\nkilled {sum(kills.values())} times ({dict(kills)}); compared {compared}")


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
