"""So many people are held in paused versions, over all of them; beyond that, others leave."""

from datetime import timedelta

import pytest
from django.db import connection

from engine import clock, control, tasks
from engine.clock import travel
from engine.models import Discard, Instance
from engine.store.catalogue import revision
from tests.cast import graph, node

WAITING = graph(
    [node("event-1", event="Signup"), node("wait-1", duration="PT1H"),
     node("update-profile-1", fields=[{"field": "greeted", "value": "true"}])],
    "event-1 > wait-1", "wait-1 > update-profile-1",
)  # fmt: skip


def states() -> list[str]:
    return list(Instance.objects.order_by("entered_at").values_list("state", flat=True))


@pytest.fixture(autouse=True)
def not_full_afterwards(committed):
    """The table of one row stays as it is between tests."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("UPDATE engine_catalogue SET holds_no_more = false, revision = revision + 1")


def test_beyond_the_limit_people_leave_instead_of_being_held(shop, settings):
    settings.HELD_PEOPLE = 2
    shop.defines("Signup")
    version = shop.publishes(WAITING)
    for person in ("ana", "bob"):
        shop.tracks("Signup", person)
        shop.runs()
    with travel(timedelta(minutes=30)):
        for person in ("cy", "dee"):
            shop.tracks("Signup", person)
            shop.runs()
    control.pause(version_id=version, mode="hold", now=clock.now())

    with travel(timedelta(minutes=70)):
        shop.runs()
        assert states() == ["held", "held", "active", "active"]
        assert tasks.count_held() == 2
    with travel(timedelta(hours=2)):
        shop.runs()

    assert states() == ["held", "held", "exited", "exited"]
    assert [(one.code, one.version_id) for one in Discard.objects.all()] == [("JOURNEY_IN_PAUSED_STATE", version)] * 2


def test_when_fewer_are_held_again_others_are_held_as_before(shop, settings):
    settings.HELD_PEOPLE = 1
    shop.defines("Signup")
    first, second = shop.publishes(WAITING), shop.publishes(WAITING, journey=2)
    shop.tracks("Signup", "ana")
    shop.runs()
    control.pause(version_id=first, mode="hold", now=clock.now())
    with travel(timedelta(hours=2)):
        shop.runs()
        tasks.count_held()
        control.resume(version_id=first, now=clock.now())
        control.release(version_id=first, after=0, most=10, now=clock.now())
        shop.runs()
        assert control.people_held([first]) == {first: 0}
        tasks.count_held()
        shop.tracks("Signup", "bob")
        shop.runs()
        control.pause(version_id=second, mode="hold", now=clock.now())
    with travel(timedelta(hours=4)):
        shop.runs()

    assert control.people_held([second]) == {second: 1}


def test_a_count_that_changes_nothing_tells_nobody(shop, settings):
    settings.HELD_PEOPLE = 1
    with connection.cursor() as cursor:
        before = revision(cursor)
        tasks.count_held()
        unchanged = revision(cursor)
        settings.HELD_PEOPLE = 0
        tasks.count_held()
        changed = revision(cursor)

    assert (unchanged, changed) == (before, before + 1)
