"""What the list says while versions are paused: how many, and how many people are held in them."""

import re
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from designer.actions.create_journey import create_journey
from designer.actions.pause import pause
from designer.actions.publish import publish
from designer.actions.resume import resume
from designer.actions.save_draft import save_draft
from designer.models import Version
from engine.models import Sandbox
from tests.designer.conftest import GRAPH, NOW
from tests.designer.test_pausing import held


def notice(browser: Client) -> str:
    found = re.search(r"paused-notice.*?<p>(.*?)</p>", browser.get("/journeys/").content.decode(), re.S)
    return re.sub(r"<[^>]+>", "", found.group(1)) if found else ""


def test_nothing_is_said_while_nothing_is_paused(browser: Client, live: Version) -> None:
    assert notice(browser) == ""


def test_paused_versions_and_the_people_in_them_are_counted(
    browser: Client, live: Version, ada: User, settings: Any
) -> None:
    settings.HELD_PEOPLE = 5_000
    pause(live, by=ada, now=NOW)
    assert notice(browser) == "1 version is paused. 0 people are held in it, of 5,000 who may be."

    other = create_journey(sandbox=live.journey.sandbox, name="Other", by=ada, now=NOW)
    save_draft(other, graph=GRAPH, revision=1, by=ada, now=NOW)
    pause(publish(other, by=ada, now=NOW), by=ada, now=NOW)
    held(live, 1)
    held(other, 2)
    held(other, 3)

    assert notice(browser) == "2 versions are paused. 3 people are held in them, of 5,000 who may be."
    assert 'href="/journeys/?status=paused"' in browser.get("/journeys/").content.decode()


def test_it_goes_with_the_pause(browser: Client, live: Version, ada: User) -> None:
    pause(live, by=ada, now=NOW)
    resume(live, by=ada, now=NOW)

    assert notice(browser) == ""


def test_another_sandbox_hears_nothing_of_it(stranger: Client, live: Version, ada: User, elsewhere: Sandbox) -> None:
    pause(live, by=ada, now=NOW)

    assert notice(stranger) == ""


def test_it_takes_no_query_for_each_version(
    browser: Client, shop: Sandbox, ada: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        version = create_journey(sandbox=shop, name=f"Journey {number}", by=ada, now=NOW)
        save_draft(version, graph=GRAPH, revision=1, by=ada, now=NOW)
        if number < 4:
            pause(publish(version, by=ada, now=NOW), by=ada, now=NOW)

    with django_assert_max_num_queries(21):
        browser.get("/journeys/", {"event": "OrderPlaced"})
