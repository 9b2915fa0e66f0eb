"""Alerts of journeys: on the list, on the journey's page, through the interface; and dismissed for everybody."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from designer.actions.create_journey import create_journey
from designer.actions.publish import publish
from designer.models import AuditEntry, Role, Version
from engine import clock
from engine.models import Alert
from engine.runtime import stuck
from tests.cast import Shop, graph, node
from tests.designer.conftest import logged_in, member


@pytest.fixture
def store(committed: None) -> Iterator[Shop]:
    shop = Shop("store")
    yield shop
    shop.close()


@pytest.fixture
def marketer(store: Shop) -> Client:
    return logged_in(member("mia", store.sandbox, Role.MARKETER))


@pytest.fixture
def late(store: Shop) -> Version:
    """A version in which two people should have gone on long ago, as the job has noticed."""
    store.defines("Order")
    drawn = graph([node("event-1", event="Order"), node("wait-1", duration="PT1H")], "event-1 > wait-1")
    owner = member("owner", store.sandbox, Role.ADMINISTRATOR)
    version = create_journey(sandbox=store.sandbox, name="Thanks <b>", by=owner, now=clock.now(), graph=drawn)
    version = publish(version, by=owner, now=clock.now())
    store.tracks("Order", "ana")
    store.tracks("Order", "ben")
    store.runs()
    with clock.travel(timedelta(hours=2)):
        stuck.look(clock.now())
    return version


def test_it_is_told_where_the_journey_is_seen(late: Version, marketer: Client) -> None:
    listed = marketer.get("/journeys/").content.decode()
    versions = marketer.get(f"/journeys/{late.journey_id}/versions/").content.decode()
    (shown,) = marketer.get(f"/api/journeys/{late.journey_id}/alerts/").json()["results"]

    said = "2 people should have gone on more than 10 minutes ago; the engine has not come to that."
    assert said in listed
    assert "Thanks &lt;b&gt;</b></a>: 2 people" in listed
    assert said in versions
    assert (shown["code"], shown["count"], shown["goes_on"], shown["message"]) == ("people.late", 2, True, said)


@pytest.mark.parametrize("way", ["page", "interface"])
def test_who_dismisses_it_does_so_for_everybody_and_it_is_noted(late: Version, marketer: Client, way: str) -> None:
    alert = Alert.objects.get()
    address = f"/journeys/alerts/{alert.pk}/dismiss/" if way == "page" else f"/api/alerts/{alert.pk}/dismiss/"

    first, second = marketer.post(address), marketer.post(address)

    assert {first.status_code, second.status_code} == ({302} if way == "page" else {204})
    assert "people should have gone on" not in marketer.get("/journeys/").content.decode()
    assert marketer.get(f"/api/journeys/{late.journey_id}/alerts/").json()["results"] == []
    assert AuditEntry.objects.filter(verb="alert.dismissed").count() == 1


def test_a_viewer_sees_it_and_may_not_dismiss_it(late: Version, store: Shop) -> None:
    viewer = logged_in(member("vera", store.sandbox, Role.VIEWER))

    page = viewer.get("/journeys/").content.decode()
    answer = viewer.post(f"/api/alerts/{Alert.objects.get().pk}/dismiss/")

    assert "2 people should have gone on" in page
    assert "Dismiss: Thanks" not in page
    assert answer.status_code == 403
    assert Alert.objects.get().dismissed_at is None


def test_of_many_the_list_shows_three(late: Version, store: Shop, marketer: Client) -> None:
    now = clock.now()
    for code in Alert.Code.values[1:]:
        Alert.objects.create(
            sandbox=store.sandbox, journey_id=late.journey_id, code=code, message=f"About {code}.", count=1,
            first_at=now, last_at=now,
        )  # fmt: skip

    page = marketer.get("/journeys/").content.decode()

    assert page.count("alert-notice") == 3
    assert f"and {len(Alert.Code.values) - 3} more alerts" in page
