"""Rule sets: how often a person may enter the journeys that carry one, and in how many of them they may be at once."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from threading import Thread

import pytest
from django.db import transaction

from engine import clock, control
from engine.clock import travel
from engine.models import Discard, Instance, RuleSet
from engine.runtime.worker import Worker
from tests.cast import Shop, graph, node

DAY = timedelta(days=1)
WALK_THROUGH = graph([node("event-1", event="Visit")])
STAY = graph([node("event-1", event="Visit"), node("wait-1", duration="P1D")], "event-1 > wait-1")


def at(moment: datetime) -> AbstractContextManager[None]:
    return travel(moment - clock.now())


@pytest.fixture
def noon():
    """Noon of the second day of next month, in UTC: no day, week or month ends in the middle of a test."""
    next_month = clock.now().replace(day=1) + 32 * DAY
    noon = next_month.replace(day=2, hour=12, minute=0, second=0, microsecond=0)
    with at(noon):
        yield noon


@pytest.fixture
def shop(shop, noon):
    shop.defines("Visit")
    return shop


def rules(shop, name="Gentle", **caps):
    made = RuleSet.objects.create(sandbox=shop.sandbox, name=name, **caps)
    control.changed()
    return made


def comes(shop, person="ana", times=1):
    """The person's event, sent and worked on; how many entries there are then."""
    for _ in range(times):
        shop.tracks("Visit", person)
        shop.runs()
    return Instance.objects.count()


def test_the_third_entry_of_a_day_is_refused_and_the_next_day_begins_at_midnight_in_utc(shop, noon):
    rules(shop, entries_per_day=2)
    version = shop.publishes(WALK_THROUGH, rule_set="Gentle", reentrance_wait="PT0S")

    with at(noon.replace(hour=23, minute=50)):
        assert comes(shop, times=3) == 2
    with at(noon.replace(hour=0, minute=5) + DAY):
        assert comes(shop) == 3

    refused = Discard.objects.get()
    assert (refused.code, refused.version_id, refused.event) == ("CAP_REACHED", version, "Visit")
    assert refused.details == {
        "reason": "2 of 2 entries per day", "ruleSet": "Gentle", "rule": "entries per day", "most": 2, "count": 2,
    }  # fmt: skip
    assert shop.counts(version)["journey"]["discarded"] == 1


def test_entries_of_one_turn_count_for_each_other(shop):
    rules(shop, entries_per_day=2)
    shop.publishes(WALK_THROUGH, rule_set="Gentle", reentrance_wait="PT0S")

    for _ in range(5):
        shop.tracks("Visit", "ana")
    shop.tracks("Visit", "bob")
    shop.runs()

    assert Instance.objects.count() == 3
    assert [one.code for one in Discard.objects.all()] == ["CAP_REACHED"] * 3


def test_the_week_begins_on_monday_and_the_month_on_its_first_day(shop, noon):
    rules(shop, entries_per_week=1)
    rules(shop, "Rare", entries_per_month=1)
    shop.publishes(WALK_THROUGH, rule_set="Gentle", reentrance_wait="PT0S")
    shop.defines("Call")
    shop.publishes(graph([node("event-1", event="Call")]), journey=2, rule_set="Rare", reentrance_wait="PT0S")
    monday = noon + (7 - noon.weekday()) * DAY
    next_month = (noon + 32 * DAY).replace(day=1)

    entered = []
    for moment in (monday, monday + 6 * DAY, monday + 7 * DAY):
        with at(moment):
            entered.append(comes(shop))
    months = []
    for moment in (noon, next_month - DAY, next_month):
        with at(moment):
            shop.tracks("Call", "ana")
            shop.runs()
            months.append(Instance.objects.filter(journey_id=2).count())

    assert entered == [1, 1, 2]
    assert months == [1, 1, 2]


def test_one_journey_at_once_of_two_that_carry_the_rule_set(shop):
    rules(shop, journeys_at_once=1)
    first = shop.publishes(STAY, rule_set="Gentle", priority=80)
    second = shop.publishes(STAY, journey=2, rule_set="Gentle")
    free = shop.publishes(STAY, journey=3)

    comes(shop)

    assert set(Instance.objects.values_list("version_id", flat=True)) == {first, free}
    refused = Discard.objects.get()
    assert (refused.code, refused.version_id) == ("CAP_REACHED", second)
    assert refused.details["reason"] == "1 of 1 journeys at once"
    with travel(DAY + timedelta(minutes=6)):  # the first is left: now there is room, and the first goes first again
        shop.runs()
        assert Instance.objects.filter(ended_at=None).count() == 0
        comes(shop)
        assert set(Instance.objects.filter(ended_at=None).values_list("version_id", flat=True)) == {first, free}


def test_the_higher_priority_takes_the_place_whatever_was_published_first(shop):
    rules(shop, journeys_at_once=1)
    for journey, priority in ((1, 10), (2, 90), (3, None)):
        shop.publishes(STAY, journey=journey, rule_set="Gentle", priority=priority)

    comes(shop)

    assert Instance.objects.get().journey_id == 2


def test_people_have_their_own_counts_and_another_sandbox_its_own_rules(shop):
    other = Shop("other")
    other.defines("Visit")
    rules(shop, entries_per_day=1)
    rules(other, entries_per_day=2)
    shop.publishes(WALK_THROUGH, rule_set="Gentle", reentrance_wait="PT0S")
    other.publishes(WALK_THROUGH, journey=2, rule_set="Gentle", reentrance_wait="PT0S")

    comes(shop, "ana", times=2)
    comes(shop, "bob", times=2)
    comes(other, "ana", times=3)
    other.close()

    assert Instance.objects.filter(journey_id=1).count() == 2
    assert Instance.objects.filter(journey_id=2).count() == 2


def test_what_was_entered_in_an_older_version_counts_and_a_changed_rule_holds_at_once(shop):
    made = rules(shop, entries_per_day=1)
    shop.publishes(WALK_THROUGH, rule_set="Gentle", reentrance_wait="PT0S")
    comes(shop)
    shop.publishes(WALK_THROUGH, rule_set="Gentle", reentrance_wait="PT0S")
    assert comes(shop) == 1

    with transaction.atomic():
        RuleSet.objects.filter(pk=made.pk).update(entries_per_day=3)
        control.changed()

    assert comes(shop, times=3) == 3


def test_two_workers_at_once_let_nobody_in_too_often(shop):
    rules(shop, entries_per_day=3, journeys_at_once=2)
    for journey in range(1, 5):
        shop.publishes(WALK_THROUGH, journey=journey, rule_set="Gentle", reentrance_wait="PT0S")
    with shop.stays_open():
        for number in [*range(20)] * 3:
            shop.tracks("Visit", f"person-{number}")

    workers = [Worker(limit=4) for _ in range(2)]
    threads = [Thread(target=worker.run_until_idle) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for worker in workers:
        worker._drop_connection()
    shop.runs()

    people = list(Instance.objects.values_list("profile_id", flat=True))
    assert {people.count(one) for one in people} == {3}
    assert len(set(people)) == 20
