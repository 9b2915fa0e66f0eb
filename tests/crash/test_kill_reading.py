"""kill -9 while an audience is read: everybody in it enters exactly once."""

import random
import time
from collections import Counter

import pytest
from django.db.models import Sum

from engine import clock
from engine.audiences import reading
from engine.models import InboxItem, Instance, ReadCount, ReadMember, ReadRun
from tests.cast import Shop, node
from tests.processes import Product, wait_until
from tests.readers import makes_audience, makes_people, reading_graph

SEED = 20_262
PEOPLE = 6_000
RATE = 600  # so that reading takes 10 s
VICTIMS = ("engine1", "engine2")


@pytest.fixture
def shop(committed):
    shop = Shop()
    yield shop
    shop.close()


@pytest.mark.crash
def test_killed_in_the_middle_of_a_run_nobody_is_lost_and_nobody_enters_twice(shop, tmp_path, capsys):
    people = makes_people(shop, PEOPLE)
    makes_audience(shop, people)
    shop.publishes(
        reading_graph(node("wait-1", duration="P1D"), lines=("read-audience-1 > wait-1",), reading_rate=RATE)
    )
    product = Product(tmp_path)
    product.start(*VICTIMS)
    assert reading.carry_on(clock.now()) == 1

    kills = kill_while_it_is_read(product, random.Random(SEED), most=12)
    assert kills >= 3, "it was over before enough was killed"
    try:
        wait_until(is_read, "everybody was read and has entered", what_is_left, patience=60)
    finally:
        product.stop()

    assert Counter(Instance.objects.values_list("profile_id", flat=True)) == Counter(people)
    run = ReadRun.objects.get()
    assert (run.state, run.read, run.total) == ("done", PEOPLE, PEOPLE)
    assert not ReadMember.objects.exists()
    fared = ReadCount.objects.aggregate(entered=Sum("entered"), refused=Sum("refused"))
    assert fared == {"entered": PEOPLE, "refused": 0}
    with capsys.disabled():
        print(f"\nkilled {kills} times while {PEOPLE:,} people were read")


def kill_while_it_is_read(product: Product, chance: random.Random, *, most: int) -> int:
    """Kill one or both workers again and again until what is read is through; how often."""
    kills = 0
    while ReadRun.objects.filter(state="reading").exists() and kills < most:
        time.sleep(chance.uniform(0.1, 0.7))
        victims = chance.sample(VICTIMS, chance.choice((1, 1, 2)))
        product.kill(*victims)
        kills += len(victims)
        product.start(*victims)
    assert kills, "it was over before anything was killed"
    return kills


def is_read() -> bool:
    return ReadRun.objects.get().state == "done" and not InboxItem.objects.exists()


def what_is_left() -> str:
    run = ReadRun.objects.get()
    return f"{run.state}: {run.read} of {run.total} read; {InboxItem.objects.count()} items wait"
