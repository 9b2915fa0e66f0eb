"""Several journeys paused or resumed at once, from the list."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer.actions.create_journey import create_journey
from designer.actions.pause import pause
from designer.actions.publish import publish
from designer.models import Version
from engine.models import Sandbox
from tests.designer.conftest import NOW


@pytest.fixture
def two(live: Version, shop: Sandbox, ada: User) -> list[Version]:
    other = create_journey(sandbox=shop, name="Another", by=ada, now=NOW, graph=live.graph)
    return [live, publish(other, by=ada, now=NOW)]


def address(verb: str, versions: list[Version]) -> str:
    return f"/journeys/{verb}/?{'&'.join(f'version={version.pk}' for version in versions)}"


def test_what_is_ticked_is_paused_together_and_resumed_together(browser: Client, two: list[Version]) -> None:
    asked = browser.get(address("pause", two)).content.decode()
    assert "Pause 2 journeys?" in asked
    assert "Another" in asked

    browser.post(address("pause", two), {"mode": "discard", "days": "2"})
    assert set(Version.objects.values_list("status", "pause_mode")) == {("paused", "discard")}

    browser.post(address("resume", two))
    assert set(Version.objects.values_list("status", flat=True)) == {"live"}


def test_what_cannot_be_paused_any_more_keeps_nobody_else_back(browser: Client, two: list[Version], ada: User) -> None:
    pause(two[0], by=ada, now=NOW)

    asked = browser.get(address("pause", two)).content.decode()
    assert "Pause 1 journey?" in asked
    assert "1 of the journeys chosen is left as it is." in asked
    answer = browser.post(address("pause", two), {"mode": "hold", "days": "2"}, follow=True).content.decode()

    assert "1 journey is paused." in answer
    two[1].refresh_from_db()
    assert two[1].status == "paused"


def test_journeys_of_another_sandbox_are_not_touched(stranger: Client, two: list[Version]) -> None:
    assert "None of them" in stranger.get(address("pause", two)).content.decode()
    stranger.post(address("pause", two), {"mode": "hold", "days": "2"})

    assert set(Version.objects.values_list("status", flat=True)) == {"live"}


@pytest.mark.parametrize("query", ["", "?version=x", "?version=99999999999999999999", "?version=-1"])
def test_an_address_that_names_nothing_does_nothing(browser: Client, live: Version, query: str) -> None:
    assert browser.get(f"/journeys/pause/{query}").status_code == 200
    assert browser.post(f"/journeys/pause/{query}", {"mode": "hold", "days": "2"}).status_code in (200, 302)
    live.refresh_from_db()
    assert live.status == "live"
