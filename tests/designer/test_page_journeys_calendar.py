"""The calendar: what lives in a week, and never a draft."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer.actions.close import close
from designer.actions.create_journey import create_journey
from designer.actions.publish import publish
from designer.actions.save_draft import save_draft
from designer.actions.stop import stop
from designer.models import Role, Version
from designer.queries import journey_lives
from engine import clock
from engine.clock import travel
from engine.models import Sandbox
from tests.designer.conftest import GRAPH, NOW, logged_in, member

WEEK = {"day": "2026-03-04"}  # Wednesday; NOW is the Sunday before
Publishes = Callable[..., Version]


@pytest.fixture
def publishes(shop: Sandbox, ada: User) -> Publishes:
    def make(name: str, *, days: int = 0, **properties: str) -> Version:
        at = NOW + timedelta(days=days)
        version = create_journey(sandbox=shop, name=name, by=ada, now=at)
        save_draft(version, graph=GRAPH, properties=properties, revision=1, by=ada, now=at)
        return publish(version, by=ada, now=at)

    return make


def bars(answer: Any) -> dict[str, tuple[int, int]]:
    """Journey -> the first and the last column of its bar."""
    found = re.findall(
        r'class="week-bar[^"]*" style="--first: (\d); --last: (\d).*?<b>([^<]*)</b>', answer.content.decode(), re.S
    )
    return {name: (int(first), int(last)) for first, last, name in found}


def shown(answer: Any) -> set[str]:
    return set(re.findall(r'class="life .*?<b>([^<]*)</b>', answer.content.decode(), re.S))


def test_live_versions_and_those_that_will_be_are_there_and_drafts_are_not(
    browser: Client, publishes: Publishes, draft: Version
) -> None:
    publishes("Always")
    publishes("Later", starts_at="2026-03-05T09:00:00Z", ends_at="2026-03-06T18:00:00Z")
    publishes("Abroad", starts_at="2026-03-03T00:30:00+02:00")
    publishes("Next month", starts_at="2026-04-01T00:00:00Z")

    with travel(NOW - clock.now()):
        answer = browser.get("/journeys/calendar/", WEEK)

    assert bars(answer) == {"Always": (1, 7), "Later": (4, 5), "Abroad": (1, 7)}
    assert "Scheduled" in answer.content.decode()
    assert "Thank you" not in answer.content.decode()


def test_a_click_leads_to_the_canvas(browser: Client, publishes: Publishes) -> None:
    version = publishes("Always")

    page = browser.get("/journeys/calendar/", WEEK).content.decode()

    assert f'href="/journeys/{version.journey_id}/versions/{version.pk}/"' in page
    assert "from 1 March 2026 with no end" in page


def test_what_is_over_is_there_when_it_is_asked_for(browser: Client, publishes: Publishes, ada: User) -> None:
    close(publishes("Shut"), by=ada, now=NOW + timedelta(days=2))
    stop(publishes("Halted"), by=ada, now=NOW + timedelta(days=3))
    stop(publishes("Halted before"), by=ada, now=NOW + timedelta(minutes=1))

    assert bars(browser.get("/journeys/calendar/", WEEK)) == {}
    assert bars(browser.get("/journeys/calendar/", {**WEEK, "show": "closed"})) == {"Shut": (1, 2)}
    both = browser.get("/journeys/calendar/", {**WEEK, "show": ["closed", "stopped"]})
    assert bars(both) == {"Shut": (1, 2), "Halted": (1, 3)}


def test_a_finished_version_is_there_when_it_is_asked_for(browser: Client, in_status: Callable[[str], Version]) -> None:
    in_status("finished")

    assert shown(browser.get("/journeys/calendar/", {"day": "2026-03-01"})) == set()
    assert shown(browser.get("/journeys/calendar/", {"day": "2026-03-01", "show": "finished"})) == {"Thank you"}


def test_what_lives_for_hours_stands_in_its_day_with_them(browser: Client, publishes: Publishes, ada: User) -> None:
    stop(publishes("Mistake", days=3), by=ada, now=NOW + timedelta(days=3, hours=1, minutes=30))

    answer = browser.get("/journeys/calendar/", {**WEEK, "show": "stopped"})

    assert bars(answer) == {}
    assert "12:00–13:30" in answer.content.decode()


def test_stopped_before_it_began_it_lasted_no_time(browser: Client, publishes: Publishes, ada: User) -> None:
    version = publishes("Never begun", starts_at="2026-03-20T00:00:00Z")
    stop(version, by=ada, now=NOW + timedelta(days=2))

    assert shown(browser.get("/journeys/calendar/", {**WEEK, "show": "stopped"})) == {"Never begun"}


def test_arrows_and_today_lead_to_other_weeks_and_keep_what_is_shown(browser: Client, publishes: Publishes) -> None:
    publishes("Always")

    with travel(NOW - clock.now()):
        page = browser.get("/journeys/calendar/", {**WEEK, "show": "closed"}).content.decode()

    def leads_to(place: str) -> str:
        found = re.search(rf'id="week-{place}" href="([^"]*)"', page)
        return found.group(1).replace("&amp;", "&") if found else ""

    assert "2 Mar – 8 Mar 2026" in page
    assert leads_to("before") == "?day=2026-02-23&show=closed"
    assert leads_to("now") == "?day=2026-03-01&show=closed"
    assert leads_to("after") == "?day=2026-03-09&show=closed"
    assert 'value="closed" checked' in page
    assert 'name="day" value="2026-03-04"' in page


def test_without_a_day_it_is_the_week_of_today(browser: Client, publishes: Publishes) -> None:
    publishes("Always")

    with travel(NOW - clock.now()):
        page = browser.get("/journeys/calendar/").content.decode()

    assert "23 Feb – 1 Mar 2026" in page
    assert re.search(r'class="today"><span>Sun</span> <b>1</b>', page)


@pytest.mark.parametrize(
    ("query", "is_said"),
    [("day=2026-02-30", True), ("day=yesterday", True), ("day=9999-12-31", True), ("day=0001-01-01", True),
     ("day=%00%F0%9F%98%80<script>", True), ("day=", False), ("show=lost&show=draft", False),
     ("day=8999-12-31", False), ("day=1901-01-01", False)],
)  # fmt: skip
def test_a_strange_address_is_answered_calmly(browser: Client, publishes: Publishes, query: str, is_said: bool) -> None:
    publishes("Always")

    answer = browser.get(f"/journeys/calendar/?{query}")

    assert answer.status_code == 200
    assert ("is no day" in answer.content.decode()) == is_said
    assert "<script>" not in answer.content.decode().split('id="calendar"')[1]


def test_an_empty_week_says_what_is_not_shown(browser: Client, publishes: Publishes, ada: User) -> None:
    close(publishes("Shut"), by=ada, now=NOW + timedelta(days=2))

    hidden = browser.get("/journeys/calendar/", WEEK).content.decode()
    nothing = browser.get("/journeys/calendar/?day=2020-01-01&show=closed&show=stopped&show=finished").content.decode()

    assert "Versions that are closed or stopped or finished are not shown" in hidden
    assert "No version was, or will be, taking people in" in nothing


def test_an_empty_sandbox_says_what_will_be_there(stranger: Client) -> None:
    assert "once they are published" in stranger.get("/journeys/calendar/").content.decode()


def test_another_sandbox_sees_nothing_of_it_and_a_viewer_of_ours_does(
    stranger: Client, shop: Sandbox, publishes: Publishes
) -> None:
    publishes("Always")

    assert shown(stranger.get("/journeys/calendar/", WEEK)) == set()
    viewer = logged_in(member("vera", shop, Role.VIEWER)).get("/journeys/calendar/", WEEK)
    assert shown(viewer) == {"Always"}
    assert "New journey" not in viewer.content.decode()


def test_dates_without_sense_are_no_obstacle(browser: Client, publishes: Publishes) -> None:
    version = publishes("Always")
    Version.objects.filter(pk=version.pk).update(properties={"starts_at": "soon", "ends_at": {"a": [1]}})

    assert bars(browser.get("/journeys/calendar/", WEEK)) == {"Always": (1, 7)}


def test_it_asks_the_database_equally_often_and_says_when_it_does_not_show_all(
    browser: Client, publishes: Publishes, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        publishes(f"Journey {number}")

    with django_assert_max_num_queries(11):
        assert len(bars(browser.get("/journeys/calendar/", WEEK))) == 12
    monkeypatch.setattr(journey_lives, "MOST", 10)
    assert "the 10 that were published first are shown" in browser.get("/journeys/calendar/", WEEK).content.decode()
