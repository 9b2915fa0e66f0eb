"""A person is led from one journey into another, and goes on in both."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.clock import travel
from engine.control import NotDeployable
from engine.models import Discard, Instance, StepEvent
from tests.cast import graph, node

BUYING, CARE = 1, 2
SAYS = [{"name": "properties.plan", "value": "@event{Order.properties.plan}"}]


def jump(journey=CARE, event="Care", **settings):
    return node("jump-1", journey=journey, event=event, **settings)


def care(shop, *, journey=CARE, name="Care", **properties):
    """A journey that writes down the plan it hears of, and keeps people for two days."""
    flow = graph(
        [node("event-1", event="Care"),
         node("update-profile-1", fields=[{"field": "care", "value": "@event{Care.properties.plan}"}]),
         node("wait-1", duration="P2D")],
        "event-1 > update-profile-1", "update-profile-1 > wait-1",
    )  # fmt: skip
    return shop.publishes(flow, journey=journey, name=name, **properties)


def buying(shop, **settings):
    """A journey that jumps at once, and keeps people for a day after it."""
    lines = ["event-1 > jump-1", "jump-1 > wait-1"]
    nodes = [node("event-1", event="Order"), jump(**{"fields": SAYS, **settings}), node("wait-1", duration="P1D")]
    if settings.get("error_path"):
        nodes.append(node("wait-2", duration="P3D"))
        lines.append("jump-1.error > wait-2")
    return shop.publishes(graph(nodes, *lines), journey=BUYING, name="Buying")


def shop_with(shop):
    shop.defines("Order")
    shop.defines("Care")
    return shop


def test_a_person_enters_the_other_journey_and_goes_on_here(shop):
    shop_with(shop)
    target, origin = care(shop), buying(shop)

    shop.tracks("Order", "ana", plan="gold")
    shop.runs()

    places = dict(Instance.objects.values_list("version_id", "node"))
    assert places == {origin: "jump-1", target: "update-profile-1"}  # each at the port before its wait
    assert Instance.objects.get(version_id=target).key == "ana"
    from engine.models import Profile

    assert Profile.objects.get().attributes["care"] == "gold"
    entrance = StepEvent.objects.get(version_id=target, node="event-1")
    assert entrance.details == {"entrance": True, "jumpedFrom": str(BUYING)}


def test_who_is_in_the_other_journey_already_just_goes_on(shop):
    shop_with(shop)
    target, origin = care(shop), buying(shop)
    shop.tracks("Care", "ana", plan="silver")
    shop.runs()

    shop.tracks("Order", "ana", plan="gold")
    shop.runs()

    assert Instance.objects.filter(version_id=target).count() == 1
    assert Instance.objects.get(version_id=origin).state == "active"
    assert StepEvent.objects.get(version_id=origin, node="jump-1").details["jumpSkipped"] is True
    assert not Discard.objects.exists()


@pytest.mark.parametrize(
    ("properties", "days", "code"),
    [
        ({"reentrance": False}, 3, "reentranceNotAllowed"),
        ({"reentrance": True, "reentrance_wait": "P10D"}, 3, "reentranceNotAllowed"),
        ({"ends_at": datetime.now(UTC) + timedelta(days=1)}, 2, "outsideDates"),
    ],
)
def test_a_jump_that_is_refused_takes_the_error_path(shop, properties, days, code):
    shop_with(shop)
    with travel(timedelta()):
        care(shop, **properties)
        origin = buying(shop, error_path=True)
        shop.tracks("Care", "ana", plan="silver")
        shop.runs()

    with travel(timedelta(days=days)):
        shop.runs()
        shop.tracks("Order", "ana", plan="gold")
        shop.runs()

        assert Instance.objects.get(version_id=origin).port == "error"
        step = StepEvent.objects.get(version_id=origin, node="jump-1")
        assert (step.status, step.details["actionExecutionErrorCode"]) == ("error", code)


def test_a_jump_into_a_journey_that_was_stopped_ends_in_error_without_an_error_path(shop):
    from django.db import transaction

    from engine import clock, control

    shop_with(shop)
    target, origin = care(shop), buying(shop)
    with transaction.atomic():
        control.stop(version_id=target, now=clock.now())

    shop.tracks("Order", "ana", plan="gold")
    shop.runs()

    assert Instance.objects.get(version_id=origin).state == "error"
    assert shop.counts(origin)["journey"]["error"] == 1


def test_a_jump_enters_the_newest_version_and_fails_when_that_begins_otherwise(shop):
    shop_with(shop)
    shop.defines("Rescue")
    care(shop)
    origin = buying(shop, error_path=True)
    newer = care(shop)
    shop.tracks("Order", "ana", plan="gold")
    shop.runs()
    assert Instance.objects.filter(version_id=newer).count() == 1

    shop.publishes(graph([node("event-1", event="Rescue")]), journey=CARE, name="Care")
    shop.tracks("Order", "bob", plan="gold")
    shop.runs()

    assert Instance.objects.get(version_id=origin, key="bob").port == "error"
    step = StepEvent.objects.filter(version_id=origin, node="jump-1").latest("id")
    assert step.details["actionExecutionErrorCode"] == "jumpEventChanged"


def test_a_chain_of_jumps_is_followed_to_its_end_and_a_circle_is_not_published(shop):
    shop_with(shop)
    shop.defines("Rescue")
    back = graph([node("event-1", event="Rescue"), node("wait-1", duration="P9D")], "event-1 > wait-1")
    third = shop.publishes(back, journey=3, name="Rescue")
    onward = graph(
        [node("event-1", event="Care"), node("jump-1", journey=3, event="Rescue")], "event-1 > jump-1"
    )  # fmt: skip
    second = shop.publishes(onward, journey=CARE, name="Care")
    first = buying(shop)

    shop.tracks("Order", "ana", plan="gold")
    shop.runs()

    assert set(Instance.objects.values_list("version_id", flat=True)) == {first, second, third}
    assert Instance.objects.get(version_id=third).context["jumped_from"] == [BUYING, CARE]
    with pytest.raises(NotDeployable) as refused:
        shop.publishes(
            graph([node("event-1", event="Rescue"), node("jump-1", journey=BUYING, event="Order")],
                  "event-1 > jump-1"),
            journey=3, name="Rescue",
        )  # fmt: skip
    assert [problem.message for problem in refused.value.problems] == ["Buying jumps back into this journey."]


def test_nobody_comes_back_to_where_their_jumps_began(shop):
    """An old version may still lead on, where the newest does not: then the check at publishing sees no circle."""
    shop_with(shop)
    care(shop)
    leads_on = graph([node("event-1", event="Order"), node("wait-1", duration="P1D"), jump(fields=SAYS)],
                     "event-1 > wait-1", "wait-1 > jump-1")  # fmt: skip
    shop.publishes(leads_on, journey=BUYING, name="Buying")
    shop.tracks("Order", "ana", plan="gold")
    shop.runs()
    shop.publishes(graph([node("event-1", event="Order")]), journey=BUYING, name="Buying", reentrance_wait="PT0S")
    back = graph(
        [node("event-1", event="Care"), jump(BUYING, "Order", error_path=True), node("wait-1", duration="P1D")],
        "event-1 > jump-1", "jump-1.error > wait-1",
    )  # fmt: skip
    version = shop.publishes(back, journey=CARE, name="Care")

    with travel(timedelta(days=2)):
        shop.runs()

    assert Instance.objects.get(version_id=version).port == "error"
    step = StepEvent.objects.get(version_id=version, node="jump-1")
    assert step.details["actionExecutionErrorCode"] == "jumpLoop"


def test_nobody_jumps_out_of_a_paused_journey_until_it_goes_on(shop):
    from django.db import transaction

    from engine import clock, control

    shop_with(shop)
    with travel(timedelta()):
        target = care(shop)
        flow = graph(
            [node("event-1", event="Order"), node("wait-1", duration="P1D"), jump(fields=SAYS)],
            "event-1 > wait-1", "wait-1 > jump-1",
        )  # fmt: skip
        origin = shop.publishes(flow, journey=BUYING, name="Buying")
        shop.tracks("Order", "ana", plan="gold")
        shop.runs()
        with transaction.atomic():
            control.pause(version_id=origin, mode="hold", now=clock.now())
    with travel(timedelta(days=2)):
        shop.runs()
        assert not Instance.objects.filter(version_id=target).exists()
        with transaction.atomic():
            control.resume(version_id=origin, now=clock.now())
            control.release(version_id=origin, after=0, most=10, now=clock.now())
        shop.runs()

        assert Instance.objects.get(version_id=target).state == "active"
        assert Instance.objects.get(version_id=origin).state == "completed"


@pytest.mark.parametrize(
    ("settings", "code", "message"),
    [
        ({"journey": 77}, "ERR_JUMP_TARGET", "The target journey does not exist, or was never published."),
        ({"journey": BUYING}, "ERR_JUMP_TARGET", "The target journey does not exist, or was never published."),
        ({"journey": 4}, "ERR_JUMP_TARGET", "Anonymous is keyed by anonymousId, this journey by userId."),
        ({"event": "Order"}, "ERR_JUMP_EVENT", "Care begins with Care by now, not with Order."),
    ],
)  # fmt: skip
def test_a_jump_that_leads_nowhere_cannot_be_published(shop, settings, code, message):
    shop_with(shop)
    care(shop)
    shop.defines("Visit", namespace="anonymousId")
    shop.publishes(graph([node("event-1", event="Visit")]), journey=4, name="Anonymous")

    with pytest.raises(NotDeployable) as refused:
        buying(shop, **settings)

    assert [(problem.code, problem.message, problem.node) for problem in refused.value.problems] == [
        (code, message, "jump-1")
    ]


def test_a_jump_counts_for_the_caps_of_both_journeys(shop):
    """Whoever is about to enter one journey is no longer free for another that shares its rule set."""
    from engine.models import RuleSet

    RuleSet.objects.create(sandbox=shop.sandbox, name="one", journeys_at_once=1)
    shop_with(shop)
    care(shop, rule_set="one")
    flow = graph(
        [node("event-1", event="Order"), jump(error_path=True), node("wait-1", duration="P1D")],
        "event-1 > jump-1", "jump-1.error > wait-1",
    )  # fmt: skip
    origin = shop.publishes(flow, journey=BUYING, name="Buying", rule_set="one")

    shop.tracks("Order", "ana", plan="gold")
    shop.runs()

    assert [found.version_id for found in Instance.objects.all()] == [origin]
    step = StepEvent.objects.get(version_id=origin, node="jump-1")
    assert step.details["actionExecutionErrorCode"] == "CAP_REACHED"
