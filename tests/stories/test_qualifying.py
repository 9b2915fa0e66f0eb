"""Who enters an audience, or leaves it, begins a journey, moves on in it, or leaves it: in the same turn."""

import pytest

from engine import clock, control
from engine.models import Audience, Discard, Instance, Membership
from tests.cast import Shop, graph, node


@pytest.fixture
def shop(shop):
    shop.defines("Order")
    shop.defines("Cart")
    return shop


def streams(shop: Shop, name: str, rule: str, **types: str) -> Audience:
    made = Audience.objects.create(
        sandbox=shop.sandbox, name=name, kind="rule", evaluation="streaming", rule=rule, types=types,
        evaluated_at=clock.now(), created_at=clock.now(), updated_at=clock.now(),
    )  # fmt: skip
    control.changed()
    return made


def members(audience: Audience) -> int:
    return Membership.objects.filter(audience_id=audience.pk, is_member=True).count()


def qualification(audience: str, behaviour: str = "enter", id: str = "audience-qualification-1", **settings):
    return node(id, audience=audience, behaviour=behaviour, namespace="userId", **settings)


def inside(version: int) -> int:
    return Instance.objects.filter(version_id=version, ended_at__isnull=True).count()


SAID = '@event{audience_qualification_1.status} == "realized" and inAudience("Regulars")'
GOLD = "#{Profile.attributes.points} > 99"
WAIT = node("wait-1", mode="duration", duration="P1D")


def test_a_person_who_enters_an_audience_enters_the_journey_and_one_who_was_in_it_does_not(shop):
    gold = streams(shop, "Gold", GOLD, points="integer")
    shop.identifies("before", points=500)
    shop.runs()
    version = shop.publishes(graph([qualification("Gold"), WAIT], "audience-qualification-1 > wait-1"))

    shop.identifies("ana", points=100)
    shop.identifies("ben", points=99)
    shop.identifies("before", points=600)
    shop.runs()

    assert members(gold) == 2
    assert shop.counts(version)["journey"]["entered"] == 1
    assert Instance.objects.get(version_id=version).key == "ana"


def test_a_membership_is_kept_with_the_moment_at_which_it_changed(shop):
    gold = streams(shop, "Gold", GOLD, points="integer")
    columns = "shard", "profile_id", "is_member", "attributes"
    kept = Membership.objects.filter(audience_id=gold.pk)

    for points, is_member in ((100, True), (5, False), (100, True)):
        before = clock.now()
        shop.identifies("ana", points=points)
        shop.runs()

        ana = kept.get().profile_id
        assert list(kept.values_list(*columns)) == [(ana % 64, ana, is_member, None)]
        assert before < kept.get().changed_at < clock.now()


def test_whoever_leaves_an_audience_enters_a_journey_that_begins_with_leaving(shop):
    streams(shop, "Gold", GOLD, points="integer")
    version = shop.publishes(graph([qualification("Gold", "exit"), WAIT], "audience-qualification-1 > wait-1"))
    shop.identifies("ana", points=100)
    shop.runs()
    assert inside(version) == 0

    shop.identifies("ana", points=1)
    shop.runs()

    assert inside(version) == 1


def test_events_in_a_period_lead_into_an_audience_and_the_journey_says_what_happened(shop):
    rule = "count(#{Profile.events.Order.all(inLastDays(currentDataPackField.timestamp, 7))}) >= 2"
    regulars = streams(shop, "Regulars", rule)
    drawn = graph(
        [
            qualification("Regulars"),
            node("condition-1", paths=[{"id": "in", "label": "In", "condition": SAID}]),
            WAIT,
        ],
        "audience-qualification-1 > condition-1", "condition-1.in > wait-1",
    )  # fmt: skip
    version = shop.publishes(drawn)

    shop.tracks("Order", "ana")
    shop.tracks("Order", "ben")
    shop.runs()
    assert members(regulars) == 0
    shop.tracks("Order", "ana")
    shop.runs()

    assert members(regulars) == 1
    assert inside(version) == 1


def test_somebody_inside_waits_for_an_audience_and_goes_on_in_the_turn_in_which_they_enter_it(shop):
    streams(shop, "Gold", GOLD, points="integer")
    version = shop.publishes(
        graph(
            [node("event-1", event="Order"), qualification("Gold"), WAIT],
            "event-1 > audience-qualification-1", "audience-qualification-1 > wait-1",
        )
    )  # fmt: skip
    shop.tracks("Order", "ana")
    shop.runs()
    assert Instance.objects.get(version_id=version).node == "event-1"

    shop.identifies("ana", points=100)
    shop.runs()

    assert Instance.objects.get(version_id=version).node == "audience-qualification-1"


def test_whoever_enters_an_audience_leaves_a_journey_with_that_exit_criterion(shop):
    streams(shop, "Gold", GOLD, points="integer")
    version = shop.publishes(
        graph([node("event-1", event="Order"), WAIT], "event-1 > wait-1"),
        exit_criteria=[{"label": "Gold by now", "audience": "Gold"}],
    )
    shop.tracks("Order", "ana")
    shop.tracks("Order", "ben")
    shop.identifies("ben", points=5)
    shop.runs()

    shop.identifies("ana", points=100)
    shop.runs()

    assert {one.key: one.state for one in Instance.objects.filter(version_id=version)} == {
        "ana": "exited",
        "ben": "active",
    }


def test_an_attribute_that_a_journey_changes_leads_into_an_audience_and_from_there_into_the_next_journey(shop):
    streams(shop, "Gold", '#{Profile.attributes.tier} == "gold"', tier="string")
    streams(shop, "Golden", 'inAudience("Gold") and #{Profile.attributes.points} > 5', points="integer")
    second = shop.publishes(graph([qualification("Golden"), WAIT], "audience-qualification-1 > wait-1"), journey=2)
    changes = node("update-profile-1", fields=[{"field": "tier", "value": '"gold"'}])
    shop.publishes(graph([node("event-1", event="Order"), changes], "event-1 > update-profile-1"))
    shop.identifies("ana", points=6)

    shop.tracks("Order", "ana")
    shop.runs()

    assert inside(second) == 1


def test_somebody_without_an_identity_in_the_namespace_is_refused_with_the_reason(shop):
    streams(shop, "Gold", GOLD, points="integer")
    shop.publishes(graph([qualification("Gold"), WAIT], "audience-qualification-1 > wait-1"))

    shop.post("/v1/identify", {"anonymousId": "nobody", "traits": {"points": 500}})
    shop.runs()

    refused = Discard.objects.get()
    assert refused.code == "ERROR_INSTANCE_BAD_NAMESPACE"
    assert refused.details == {"reason": "no identity of userId"}


def test_somebody_who_was_never_heard_of_is_asked_about_everything(shop):
    strangers = streams(shop, "Strangers", "#{Profile.attributes.city} is null", city="string")
    quiet = streams(shop, "Quiet", "count(#{Profile.events.Order.all()}) == 0")

    shop.tracks("Cart", "ana")
    shop.tracks("Order", "ben")
    shop.runs()

    assert members(strangers) == 2
    assert members(quiet) == 1


def test_audiences_that_read_audiences_are_asked_after_them(shop):
    gold = streams(shop, "Gold", GOLD, points="integer")
    buyers = streams(shop, "Buyers", 'inAudience("Gold") and count(#{Profile.events.Order.all()}) > 0')
    poor = streams(shop, "Poor", 'not inAudience("Buyers")')

    shop.tracks("Order", "ana")
    shop.runs()
    assert (members(gold), members(buyers), members(poor)) == (0, 0, 1)
    shop.identifies("ana", points=100)
    shop.runs()

    assert (members(gold), members(buyers), members(poor)) == (1, 1, 0)


def test_what_a_journey_changes_is_asked_with_events_that_the_turn_had_not_read(shop):
    streams(shop, "Buyers", "count(#{Profile.events.Order.all()}) > 1")  # so that the turn reads orders, and no carts
    fillers = streams(
        shop,
        "Golden fillers",
        '#{Profile.attributes.tier} == "gold" and count(#{Profile.events.Cart.all()}) > 0',
        tier="string",
    )
    changes = node("update-profile-1", fields=[{"field": "tier", "value": '"gold"'}])
    shop.publishes(graph([node("event-1", event="Order"), changes], "event-1 > update-profile-1"))
    for user in ("ana", "ben"):
        shop.identifies(user)
    shop.tracks("Cart", "ana")
    shop.runs()

    shop.tracks("Order", "ana")
    shop.tracks("Order", "ben")
    shop.runs()

    assert members(fillers) == 1
