"""Feeding: never faster than the reading rate, everybody once, and never ahead of the engine."""

from collections import Counter
from datetime import timedelta
from threading import Thread

import pytest

from engine import clock
from engine.audiences import reading
from engine.models import InboxItem, ReadMember, ReadRun
from engine.runtime import feeding
from engine.shards import shard_of
from engine.store.connection import connect
from tests.readers import makes_audience, makes_people, reading_graph

SECOND = timedelta(seconds=1)


@pytest.fixture
def worker(shop):
    with connect(autocommit=True) as connection:
        yield connection


def begins(shop, count, **settings):
    people = makes_people(shop, count)
    makes_audience(shop, people)
    version = shop.publishes(reading_graph(**settings))
    assert reading.carry_on(clock.now()) == 1
    return people, version


def feed_at(worker, run, seconds):
    return feeding.feed(worker, now=run.started_at + seconds * SECOND)


def test_ten_thousand_at_five_hundred_a_second_take_twenty_seconds(shop, worker):
    people, _ = begins(shop, 10_000, reading_rate=500)
    run = ReadRun.objects.get()

    seen = []
    for tick in range(41):
        feed_at(worker, run, tick / 2)
        seen.append(InboxItem.objects.count())

    assert all(count <= 500 * tick / 2 for tick, count in enumerate(seen))
    assert seen[-1] == 10_000
    assert seen[-3] < 10_000
    assert Counter(InboxItem.objects.values_list("profile_id", flat=True)) == Counter(people)


def test_an_entry_says_which_run_and_version_and_what_the_list_says_of_the_person(shop, worker):
    (person,), version = begins(shop, 1)
    run = ReadRun.objects.get()
    ReadMember.objects.filter(run_id=run.pk).update(columns={"tier": "gold"})

    feed_at(worker, run, 1)

    item = InboxItem.objects.get()
    assert (item.kind, item.profile_id, item.shard) == ("entry", person, shard_of(person))
    assert item.payload == {"run": run.pk, "version": version, "audience": "Buyers", "columns": {"tier": "gold"}}


def test_when_nobody_is_left_the_run_is_done(shop, worker):
    begins(shop, 3)
    run = ReadRun.objects.get()

    fed = [feed_at(worker, run, 1), feed_at(worker, run, 2)]

    run.refresh_from_db()
    assert [(one.moved, one.goes_on) for one in fed] == [(3, False), (0, False)]
    assert (run.state, run.read, run.total) == ("done", 3, 3)
    assert run.finished_at == run.started_at + SECOND


def test_a_worker_that_was_away_does_not_catch_up_on_more_than_a_second(shop, worker):
    begins(shop, 2_000, reading_rate=500)

    feed_at(worker, ReadRun.objects.get(), 3_600)

    assert InboxItem.objects.count() == 500


def test_two_workers_at_once_bring_everybody_once(shop):
    people, _ = begins(shop, 3_000, reading_rate=20_000)
    run = ReadRun.objects.get()

    def work():
        with connect(autocommit=True) as connection:
            for tick in range(1, 20):
                feed_at(connection, run, tick / 20)

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with connect(autocommit=True) as connection:
        feed_at(connection, run, 2)

    assert Counter(InboxItem.objects.values_list("profile_id", flat=True)) == Counter(people)
    assert ReadRun.objects.get().state == "done"


def test_what_was_rolled_back_is_read_again(shop, worker):
    people, _ = begins(shop, 10)
    run = ReadRun.objects.get()
    with worker.transaction(force_rollback=True):
        feed_at(worker, run, 1)

    feed_at(worker, run, 1)

    assert sorted(InboxItem.objects.values_list("profile_id", flat=True)) == people


def test_while_the_engine_is_behind_nobody_is_read(shop, worker, monkeypatch):
    begins(shop, 200, reading_rate=500)
    run = ReadRun.objects.get()
    monkeypatch.setattr(feeding, "MOST_WAITING", 50)

    fed = [feed_at(worker, run, 1), feed_at(worker, run, 2)]

    assert [one.moved for one in fed] == [50, 0]
    assert all(one.goes_on for one in fed)


def test_while_nothing_is_read_feeding_does_nothing(shop, worker):
    assert feeding.feed(worker, now=clock.now()) == feeding.Fed(0, False)
