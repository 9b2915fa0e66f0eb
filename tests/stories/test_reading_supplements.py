"""An audience is read with a run for each booking of a person, not one for the person."""

from datetime import timedelta

import pytest
from django.db import connection

from engine.clock import travel
from engine.models import Discard, Instance, Profile, ReadCount, ReadRun
from tests.cast import node
from tests.readers import makes_audience, makes_people, reading_graph
from tests.stories.test_reading import run_is_read

DAY = timedelta(days=1)


def travelling(*more, lines=(), found="#{Profile.attributes.bookings}", **settings):
    """A journey that everybody in the audience walks once for each of their bookings."""
    return reading_graph(
        node("wait-1", duration="P30D"),
        *more,
        lines=lines or ("read-audience-1 > wait-1",),
        **{
            "reading_rate": 500,
            "supplemental_namespace": "BookingId",
            "supplemental_expression": found,
            **settings,
        },
    )


def have(people, *bookings):
    """Each of these people has these bookings, in the order of both."""
    for person, booked in zip(people, bookings, strict=True):
        Profile.objects.filter(pk=person).update(attributes={} if booked is None else {"bookings": booked})


def runs():
    """Person -> what their runs are about."""
    found = {}
    for person, about in Instance.objects.filter(ended_at=None).values_list("profile_id", "supplemental_key"):
        found.setdefault(person, []).append(about)
    return {person: sorted(about) for person, about in found.items()}


def test_a_run_for_each_value_and_none_for_who_has_none(shop):
    ana, ben, cleo = people = makes_people(shop, 3)
    have(people, ["b1", "b2", "b1"], "b3", None)
    makes_audience(shop, people)
    version = shop.publishes(travelling())

    run_is_read(shop, seconds=2)

    assert runs() == {ana: ["b1", "b2"], ben: ["b3"]}
    refused = Discard.objects.get(version_id=version)
    assert (refused.profile_id, refused.code) == (cleo, "EXTERNAL_KEY_COMPUTATION_ERROR")
    assert refused.details == {"reason": "no supplemental id", "run": ReadRun.objects.get().pk}
    assert ReadCount.objects.values_list("entered", "refused").get() == (2, 1)  # people, not runs


def test_a_run_for_each_object_of_a_list(shop):
    (ana,) = people = makes_people(shop, 1)
    have(people, [{"id": "b1", "nights": 2}, {"id": "b2"}, {"nights": 1}])
    makes_audience(shop, people)
    shop.publishes(travelling(found="#{Profile.attributes.bookings.id}"))

    run_is_read(shop, seconds=2)

    assert runs() == {ana: ["b1", "b2"]}


def test_a_run_for_what_a_column_of_an_uploaded_list_says(shop):
    people = makes_people(shop, 2)
    audience = makes_audience(shop, people, kind="upload", columns=["booking"], rule="")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE engine_membership SET attributes = jsonb_build_object('booking', 'b' || profile_id) "
            "WHERE audience_id = %s",
            [audience.pk],
        )
    shop.publishes(travelling(found="@event{read_audience_1.booking}"))

    run_is_read(shop, seconds=2)

    assert runs() == {person: [f"b{person}"] for person in people}


def test_nobody_is_inside_more_than_ten_times(shop):
    (ana,) = people = makes_people(shop, 1)
    have(people, [f"b{number}" for number in range(12)])
    makes_audience(shop, people)
    shop.publishes(travelling())

    run_is_read(shop, seconds=2)

    assert len(runs()[ana]) == 10
    assert [found.code for found in Discard.objects.all()] == ["maxConcurrentInstances"] * 2


@pytest.mark.parametrize("force", [False, True])
def test_read_again_only_what_is_new_enters_unless_everybody_leaves_first(shop, force):
    (ana,) = people = makes_people(shop, 1)
    have(people, ["b1"])
    makes_audience(shop, people)
    shop.publishes(travelling(schedule="daily", force_reentrance=force))
    run_is_read(shop, seconds=2)
    (first,) = Instance.objects.values_list("id", flat=True)

    with travel(DAY / 2):
        have(people, ["b1", "b2"])
    run_is_read(shop, at=DAY, seconds=2)

    assert runs() == {ana: ["b1", "b2"]}
    assert Instance.objects.filter(pk=first, ended_at=None).exists() is not force
    assert Discard.objects.count() == (0 if force else 1)


def test_an_event_moves_the_run_that_it_speaks_of(shop):
    shop.defines("Paid", supplemental_namespace="BookingId", supplemental_expression="@event{Paid.properties.booking}")
    people = makes_people(shop, 1)
    have(people, ["b1", "b2"])
    makes_audience(shop, people)
    drawn = travelling(
        node("event-2", event="Paid"),
        node("update-profile-1", fields=[{"field": "about", "value": "${supplementalId}"}]),
        lines=("read-audience-1 > event-2", "event-2 > update-profile-1", "update-profile-1 > wait-1"),
    )
    shop.publishes(drawn)
    run_is_read(shop, seconds=2)

    shop.tracks("Paid", "p1", booking="b2")
    shop.runs()

    standing = dict(Instance.objects.filter(ended_at=None).values_list("supplemental_key", "node"))
    assert standing == {"b1": "read-audience-1", "b2": "update-profile-1"}
    assert Profile.objects.get().attributes["about"] == "b2"
