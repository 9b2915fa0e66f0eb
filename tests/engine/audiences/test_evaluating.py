"""Evaluations among other things that happen: changes, other evaluations, a worker that walks, a backlog."""

import threading
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import clock
from engine.audiences.comparing import MOST_MOVED
from engine.audiences.evaluating import evaluate
from engine.audiences.keeping import Wanted, keep
from engine.clock import travel
from engine.models import Audience, AudienceRun, Event, InboxItem, Membership, Profile
from engine.shards import SHARDS
from tests.cast import Shop, graph, node
from tests.processes import database_url, wait_until

RULE = '#{Profile.attributes.city} == "Bern" or count(#{Profile.events.Order.all()}) >= 2'


def makes(shop, name="Some", rule=RULE, **more):
    return keep(sandbox_id=shop.sandbox.pk, wanted=Wanted(name=name, rule=rule, **more), by="ana")


def members(audience):
    inside = Membership.objects.filter(audience_id=audience.pk, is_member=True)
    return set(inside.values_list("profile_id", flat=True))


CHANGES = st.lists(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["Bern", "Rome", "order"])), max_size=5),
    min_size=1,
    max_size=4,
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=CHANGES)
def test_looking_at_those_who_changed_finds_what_looking_at_everybody_does(committed, rounds):
    shop = Shop(f"s{clock.now().timestamp()}")
    shop.defines("Order")
    for person in "abcdef":
        shop.identifies(person, city="Rome")
    shop.runs()
    quickly = makes(shop)
    evaluate([quickly.pk])
    for number, changes in enumerate(rounds):
        for person, change in changes:
            if change == "order":
                shop.tracks("Order", person)
            else:
                shop.identifies(person, city=change)
        shop.runs()
        (run,) = evaluate([quickly.pk])
        fully = makes(shop, f"Full {number}")
        (full,) = evaluate([fully.pk])

        assert (run.state, run.is_incremental, full.is_incremental) == ("done", True, False)
        assert members(quickly) == members(fully)
        assert run.size == full.size == run.entered + run.stayed == len(members(fully))
    shop.close()


def test_what_both_of_those_who_became_one_did_counts_together(shop):
    shop.defines("Order", namespace="")
    shop.post("/v1/track", {"anonymousId": "a", "event": "Order"})
    shop.post("/v1/track", {"userId": "ana", "event": "Order"})
    shop.runs()
    shop.post("/v1/identify", {"userId": "ana", "anonymousId": "a"})
    shop.runs()

    audience = makes(shop)
    evaluate([audience.pk])

    assert members(audience) == {Profile.objects.get(merged_into=None).pk}


def test_what_waited_during_one_evaluation_is_seen_by_the_next(shop):
    shop.defines("Order")
    shop.identifies("ana", city="Rome")
    shop.runs()
    audience = makes(shop)
    shop.tracks("Order", "ana")
    shop.tracks("Order", "ana")
    with travel(timedelta(hours=2)):
        evaluate([audience.pk])
        shop.runs()
        (run,) = evaluate([audience.pk])

    assert (run.is_incremental, run.entered) == (True, 1)


def test_a_rule_that_was_changed_is_asked_of_everybody_again(shop):
    shop.identifies("ana", city="Rome")
    shop.runs()
    audience = makes(shop, rule='#{Profile.attributes.city} == "Bern"')
    evaluate([audience.pk])

    changed = Wanted(name="Some", rule='#{Profile.attributes.city} == "Rome"')
    keep(sandbox_id=shop.sandbox.pk, wanted=changed, by="ana", audience_id=audience.pk)
    with travel(timedelta(hours=2)):
        (run,) = evaluate([audience.pk])

    assert (run.is_incremental, run.entered) == (False, 1)


def test_after_a_week_everybody_is_asked_again(shop):
    shop.defines("Order")
    shop.identifies("ana", city="Bern")
    shop.runs()
    audience = makes(shop)
    found = []
    for days in (0, 6, 8):
        with travel(timedelta(days=days)):
            found += evaluate([audience.pk])

    assert [(run.is_incremental, run.size) for run in found] == [(False, 1), (True, 1), (False, 1)]


def test_two_evaluations_at_once_become_one(shop):
    shop.defines("Order")
    for number in range(30):
        shop.identifies(f"p{number}", city="Bern")
    shop.runs()
    audience = makes(shop)
    found = []

    def once():
        found.extend(evaluate([audience.pk]))
        connections.close_all()

    threads = [threading.Thread(target=once) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(members(audience)) == 30
    assert {run.state for run in found} == {"done"}
    assert sum(run.entered for run in found) == 30
    assert not AudienceRun.objects.exclude(state="done").exists()


def test_people_walk_while_they_are_evaluated(shop):
    shop.defines("Order")
    version = shop.publishes(graph([node("event-1", event="Order")]))
    audience = makes(shop)
    for number in range(40):
        for _ in range(2):
            shop.tracks("Order", f"p{number}")
    walking = threading.Thread(target=lambda: (shop.runs(), connections.close_all()))
    walking.start()
    evaluate([audience.pk])
    walking.join(60)

    (run,) = evaluate([audience.pk])

    assert (run.size, len(members(audience))) == (40, 40)
    assert Event.objects.count() == 80
    assert shop.counts(version)["journey"]["entered"] == 40


LATELY = "count(#{Profile.events.Order.all(inLastDays(currentDataPackField.timestamp, 30))}) == 0"
BERN = f'#{{Profile.attributes.city}} == "Bern" and {LATELY}'  # it reads the clock: everybody is asked each time


def test_who_seems_to_have_moved_is_asked_again_while_they_are_held(shop):
    shop.defines("Order")
    for person in ("ana", "bob", "cy"):
        shop.identifies(person, city="Rome")
    shop.runs()
    audience = makes(shop, rule=BERN)
    evaluate([audience.pk])
    for person in ("ana", "bob"):
        shop.identifies(person, city="Bern")
    shop.runs()
    ana, bob, _ = sorted(Profile.objects.values_list("id", flat=True))
    with psycopg.connect(database_url()) as other:
        other.execute("SELECT id FROM engine_shard WHERE id IN (%s, %s) FOR UPDATE", [ana % SHARDS, bob % SHARDS])
        evaluating = threading.Thread(target=lambda: (evaluate([audience.pk]), connections.close_all()))
        evaluating.start()
        wait_until(somebody_waits_for_a_shard, "the evaluation wants to hold a shard")
        other.execute(
            """UPDATE engine_profile SET attributes = attributes || '{"city": "Oslo"}' WHERE id = %s""", [ana]
        )
    evaluating.join(60)

    assert members(audience) == {bob}


def somebody_waits_for_a_shard():
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%engine_shard%'")
        return cursor.fetchone() is not None


def test_more_people_move_than_are_named_one_by_one(shop):
    shop.defines("Order")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO engine_profile (shard, id, sandbox_id, attributes, created_at, updated_at) "
            "SELECT id %% 64, id, %s, jsonb_build_object('city', 'Rome'), now(), now() "
            "FROM generate_series(1, %s) AS id",
            [shop.sandbox.pk, MOST_MOVED * 2 + 2],
        )
    audience = makes(shop, rule=BERN)
    (none,) = evaluate([audience.pk])
    Profile.objects.filter(id__gt=1).update(attributes={"city": "Bern"})
    (run,) = evaluate([audience.pk])

    assert (none.size, run.size, run.entered) == (0, MOST_MOVED * 2 + 1, MOST_MOVED * 2 + 1)
    assert 1 not in members(audience)


def looks_first(shop, audience, changes):
    """`changes` happen to ana and bob between the look at everybody and what is written of them."""
    ana, bob, cy = sorted(Profile.objects.values_list("id", flat=True))
    with psycopg.connect(database_url()) as other:
        other.execute("SELECT id FROM engine_shard WHERE id IN (%s, %s) FOR UPDATE", [ana % SHARDS, bob % SHARDS])
        evaluating = threading.Thread(target=lambda: (evaluate([audience.pk]), connections.close_all()))
        evaluating.start()
        wait_until(somebody_waits_for_a_shard, "the evaluation wants to hold a shard")
        changes(other, ana, bob)
    evaluating.join(60)
    return {{ana: "ana", bob: "bob", cy: "cy"}[id] for id in members(audience)}


def test_a_streaming_audience_that_is_new_forgets_what_changed_before_it_was_written(shop):
    shop.defines("Order")
    for person, city in (("ana", "Bern"), ("bob", "Rome"), ("cy", "Bern")):
        shop.identifies(person, city=city)
    shop.runs()
    audience = makes(shop, rule=BERN, evaluation="streaming")

    def changes(other, ana, bob):
        for city, person in (("Rome", ana), ("Bern", bob)):
            other.execute(
                "UPDATE engine_profile SET attributes = jsonb_build_object('city', %s::text) WHERE id = %s",
                [city, person],
            )

    assert looks_first(shop, audience, changes) == {"bob", "cy"}


def test_what_was_seen_of_somebody_who_was_erased_or_merged_meanwhile_is_not_written(shop):
    shop.defines("Order")
    for person in ("ana", "bob", "cy"):
        shop.identifies(person, city="Bern")
    shop.runs()
    audience = makes(shop, rule=BERN)

    def changes(other, ana, bob):
        other.execute("DELETE FROM engine_profile WHERE id = %s", [ana])
        other.execute("UPDATE engine_profile SET merged_into = %s WHERE id = %s", [bob + 1, bob])

    assert looks_first(shop, audience, changes) == {"cy"}


def test_an_audience_with_another_rule_is_written_over_what_was_there(shop):
    shop.defines("Order")
    for person, city in (("ana", "Bern"), ("bob", "Rome"), ("cy", "Oslo")):
        shop.identifies(person, city=city)
    shop.runs()
    audience = makes(shop, rule='in(#{Profile.attributes.city}, ["Bern", "Oslo"])')
    evaluate([audience.pk])
    ana, bob, cy = sorted(Profile.objects.values_list("id", flat=True))
    since = Membership.objects.get(profile_id=cy).changed_at
    keep(
        sandbox_id=shop.sandbox.pk,
        audience_id=audience.pk,
        wanted=Wanted(name="Some", rule='in(#{Profile.attributes.city}, ["Rome", "Oslo"])'),
        by="ana",
    )

    (run,) = evaluate([audience.pk])

    assert (run.entered, run.left, run.stayed, run.size) == (1, 1, 1, 2)
    assert members(audience) == {bob, cy}
    assert Membership.objects.get(profile_id=cy).changed_at == since
    assert not Membership.objects.get(profile_id=ana).is_member


def test_who_hears_of_an_audience_is_told_in_the_same_transaction(shop):
    shop.defines("Order")
    shop.identifies("ana", city="Bern")
    shop.runs()
    heard = makes(shop, "Heard")
    makes(shop, "Streaming", 'inAudience("Heard")', evaluation="streaming")
    silent = makes(shop, "Silent")

    evaluate([heard.pk, silent.pk])

    (item,) = InboxItem.objects.all()
    assert (item.kind, item.payload["audience"], item.payload["is_member"]) == ("membership", heard.pk, True)


def test_time_takes_people_out_of_a_streaming_audience_within_minutes(shop):
    shop.defines("Order")
    shop.tracks("Order", "ana")
    shop.runs()
    rule = "count(#{Profile.events.Order.all(inLastHours(currentDataPackField.timestamp, 1))}) >= 1"
    audience = makes(shop, rule=rule, evaluation="streaming")
    evaluate([audience.pk])
    audience.refresh_from_db()

    assert len(members(audience)) == 1
    assert clock.now() < audience.next_at < clock.now() + timedelta(minutes=10)


@pytest.mark.parametrize("rule", ["true", "1 == 1"])
def test_a_rule_that_asks_nothing_is_about_everybody_or_nobody(shop, rule):
    shop.identifies("ana", city="Bern")
    shop.runs()
    audience = makes(shop, rule=rule)
    (run,) = evaluate([audience.pk])

    assert run.size == 1
    assert Audience.objects.get().size == 1
