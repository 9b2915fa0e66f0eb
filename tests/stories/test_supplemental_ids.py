"""One person, several runs at once: one for each booking, order or contract that an event speaks of."""

from datetime import timedelta

import pytest

from engine import control
from engine.clock import travel
from engine.control import NotDeployable
from engine.models import Discard, Instance
from tests.cast import graph, node


def bookings(shop, **properties):
    """Booked starts a run for each booking; Paid, of the same booking, ends its waiting."""
    for name in ("Booked", "Paid"):
        shop.defines(
            name,
            supplemental_namespace="BookingId",
            supplemental_expression=f"@event{{{name}.properties.booking}}",
        )
    flow = graph(
        [node("event-1", event="Booked"), node("event-2", event="Paid"), node("wait-1", duration="P9D"),
         node("update-profile-1", fields=[{"field": "about", "value": "${supplementalId}"}]),
         node("wait-2", duration="P30D")],
        "event-1 > event-2", "event-2 > update-profile-1", "update-profile-1 > wait-2",
    )  # fmt: skip
    return shop.publishes({**flow, "nodes": [one for one in flow["nodes"] if one["id"] != "wait-1"]}, **properties)


def standing():
    """Where the person stands, by booking."""
    return dict(Instance.objects.filter(ended_at=None).values_list("supplemental_key", "node"))


def test_a_run_for_each_booking_and_an_event_moves_the_one_it_speaks_of(shop):
    bookings(shop)
    for booking in ("b1", "b2", "b1"):
        shop.tracks("Booked", "ana", booking=booking)
    shop.runs()
    assert standing() == {"b1": "event-1", "b2": "event-1"}

    shop.tracks("Paid", "ana", booking="b2")
    shop.runs()

    assert standing() == {"b1": "event-1", "b2": "update-profile-1"}
    from engine.models import Profile

    assert Profile.objects.get().attributes["about"] == "b2"
    # The second event of b1 spoke to the run that was there: it is not a second entrance.
    assert [found.code for found in Discard.objects.all()] == ["reentranceNotAllowed"]


def test_each_run_is_told_apart_where_people_are_listed(shop):
    version = bookings(shop)
    for booking in ("b1", "b2"):
        shop.tracks("Booked", "ana", booking=booking)
    shop.runs()

    rows, _ = control.people(version_id=version, node="", state="waiting", cursor=None, limit=10)
    assert sorted(row["identity"] for row in rows) == ["ana · b1", "ana · b2"]
    person = Instance.objects.first().profile_id
    assert sorted(row["about"] for row in control.journeys_of(profile_id=person)) == ["b1", "b2"]


def test_a_list_in_one_event_starts_a_run_for_each_of_its_elements(shop):
    shop.defines(
        "Ordered",
        supplemental_namespace="Item",
        supplemental_expression="@event{Ordered.properties.items.sku}",
        schema={"type": "object", "properties": {"properties": {"type": "object", "properties": {
            "items": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}}}}}},
    )  # fmt: skip
    price = "@event{Ordered.properties.items.first(currentEventField.sku == ${supplementalId}).price}"
    flow = graph(
        [node("event-1", event="Ordered"),
         node("condition-1", paths=[{"id": "dear", "condition": f"{price} > 10"}]), node("wait-1", duration="P1D")],
        "event-1 > condition-1", "condition-1.dear > wait-1",
    )  # fmt: skip
    shop.publishes(flow)

    items = [{"sku": "shoe", "price": 20}, {"sku": "hat", "price": 5}, {"sku": "shoe", "price": 9}, {"other": 1}]
    shop.tracks("Ordered", "ana", items=items)
    shop.runs()

    found = dict(Instance.objects.values_list("supplemental_key", "state"))
    assert found == {"shoe": "active", "hat": "completed"}


def test_an_event_that_names_thousands_of_things_is_not_a_thousand_discards(shop):
    about = "@event{Ordered.properties.skus}"
    shop.defines("Ordered", supplemental_namespace="Item", supplemental_expression=about)
    shop.publishes(graph([node("event-1", event="Ordered"), node("wait-1", duration="P1D")], "event-1 > wait-1"))

    shop.tracks("Ordered", "ana", skus=[f"s{number}" for number in range(3000)])
    shop.runs()

    assert (len(standing()), Discard.objects.count()) == (10, 90)


def test_re_entrance_is_counted_for_each_booking(shop):
    with travel(timedelta()):
        bookings(shop, reentrance=False, exit_criteria=[])
        shop.tracks("Booked", "ana", booking="b1")
        shop.runs()
    with travel(timedelta(days=92)):  # the run of b1 is over
        shop.runs()
        assert standing() == {}
        for booking in ("b1", "b2"):
            shop.tracks("Booked", "ana", booking=booking)
        shop.runs()

        assert standing() == {"b2": "event-1"}


def test_ten_runs_at_once_are_the_most(shop):
    version = bookings(shop)
    for number in range(12):
        shop.tracks("Booked", "ana", booking=f"b{number}")
    shop.runs()

    assert len(standing()) == 10
    assert [found.code for found in Discard.objects.all()] == ["maxConcurrentInstances"] * 2
    assert shop.counts(version)["journey"]["discarded"] == 2


def test_an_event_that_names_no_booking_starts_nothing(shop):
    bookings(shop)
    shop.tracks("Booked", "ana")
    shop.runs()

    assert standing() == {}
    assert [found.code for found in Discard.objects.all()] == ["EXTERNAL_KEY_COMPUTATION_ERROR"]


@pytest.mark.parametrize(
    ("event", "left"),
    [("Cancelled", ["b2"]), ("Unsubscribed", [])],  # of one booking; of the person
)
def test_who_leaves_by_an_exit_criterion(shop, event, left):
    shop.defines(
        "Cancelled",
        supplemental_namespace="BookingId",
        supplemental_expression="@event{Cancelled.properties.booking}",
    )
    shop.defines("Unsubscribed")
    bookings(shop, exit_criteria=[{"label": "Gone", "event": event}])
    for booking in ("b1", "b2"):
        shop.tracks("Booked", "ana", booking=booking)
    shop.runs()

    shop.tracks(event, "ana", booking="b1")
    shop.runs()

    assert sorted(standing()) == left


def test_all_events_of_a_journey_share_one_supplemental_id(shop):
    shop.defines("Booked", supplemental_namespace="BookingId", supplemental_expression="@event{Booked.properties.id}")
    shop.defines("Opened")
    with pytest.raises(NotDeployable) as refused:
        shop.publishes(graph([node("event-1", event="Booked"), node("event-2", event="Opened")], "event-1 > event-2"))

    assert [problem.code for problem in refused.value.problems] == ["ERR_SUPPLEMENTAL"]
