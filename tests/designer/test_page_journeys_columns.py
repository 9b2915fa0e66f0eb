"""The columns of the list: chosen by each person for themselves, and kept."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer import preferences
from designer.actions.create_journey import create_journey
from designer.models import Role, Version
from designer.pages.journey_columns import AT_FIRST, COLUMNS
from engine.models import Sandbox
from tests.designer.conftest import NOW, logged_in, member
from tests.designer.test_page_journeys import HTMX, names_on


def heads(answer: Any) -> list[str]:
    return re.findall(r'<th scope="col"[^>]*><a [^>]*>([^<]+)', answer.content.decode())


def ticked(answer: Any) -> list[str]:
    return re.findall(r'name="column" value="(\w+)" checked', answer.content.decode())


def test_at_first_everybody_sees_the_same(browser: Client, live: Version) -> None:
    answer = browser.get("/journeys/")

    assert heads(answer) == ["Name", "Version", "Status", "Entered", "Active", "Errors", "Last change"]
    assert ticked(answer) == AT_FIRST


def test_what_somebody_chooses_is_kept_for_them_alone(browser: Client, live: Version, shop: Sandbox) -> None:
    grace = logged_in(member("grace", shop, Role.VIEWER))

    browser.post("/journeys/columns/", {"column": ["published", "status", "created"]})

    assert heads(browser.get("/journeys/")) == ["Name", "Status", "Created", "Published"]
    assert "by ada" in browser.get("/journeys/").content.decode()
    assert len(heads(grace.get("/journeys/"))) == 7


def test_columns_status_and_order_do_not_overwrite_each_other(browser: Client, live: Version, ada: User) -> None:
    browser.get("/journeys/", {"sort": "name", "status": "live"})
    browser.post("/journeys/columns/", {"column": "status"})
    browser.get("/journeys/", {"sort": "-name"})

    assert preferences.read(ada, "journeys") == {"status": "live", "sort": "-name", "columns": ["status"]}


def test_without_any_column_the_names_are_left_and_the_first_ones_come_back(browser: Client, live: Version) -> None:
    browser.post("/journeys/columns/", {})
    assert heads(browser.get("/journeys/")) == ["Name"]

    browser.post("/journeys/columns/", {"reset": "1", "column": "status"})
    assert ticked(browser.get("/journeys/")) == AT_FIRST


def test_the_list_that_was_looked_at_comes_back_with_them(browser: Client, live: Version, ada: User) -> None:
    create_journey(sandbox=live.journey.sandbox, name="A draft", by=ada, now=NOW)
    form = {"column": "version", "query": "status=draft&q=dra"}

    at_once = browser.post("/journeys/columns/", form, headers=HTMX)
    without_htmx = browser.post("/journeys/columns/", form)

    assert (names_on(at_once), heads(at_once)) == (["A draft"], ["Name", "Version"])
    assert without_htmx["Location"] == "/journeys/?status=draft&q=dra"


@pytest.mark.parametrize("column", [column for column in COLUMNS if column.head])
def test_every_column_can_be_sorted_both_ways(browser: Client, live: Version, ada: User, column: Any) -> None:
    create_journey(sandbox=live.journey.sandbox, name="A draft", by=ada, now=NOW)
    browser.post("/journeys/columns/", {"column": column.key})

    up, down = (browser.get("/journeys/", {"sort": f"{sign}{column.key}"}) for sign in ("", "-"))

    assert 'aria-sort="ascending"' in up.content.decode()
    assert names_on(up) == names_on(down)[::-1]


def test_descriptions_and_tags_are_put_away_too(browser: Client, shop: Sandbox, ada: User) -> None:
    create_journey(sandbox=shop, name="Wordy", description="For who came once", by=ada, now=NOW)
    browser.post("/journeys/columns/", {"column": "status"})

    assert "For who came once" not in browser.get("/journeys/").content.decode()


@pytest.mark.parametrize("kept", [["status", "gone", 7, None], "status", {"columns": 1}, {"columns": [["status"]]}])
def test_whatever_was_kept_the_list_is_shown(browser: Client, live: Version, ada: User, kept: Any) -> None:
    preferences.write(ada, "journeys", kept if isinstance(kept, dict) else {"columns": kept})

    answer = browser.get("/journeys/")

    assert heads(answer)[0] == "Name"
    assert browser.get("/journeys/columns/").status_code == 405


def test_what_is_no_column_is_not_kept(browser: Client, live: Version, ada: User) -> None:
    browser.post("/journeys/columns/", {"column": ["status", "<script>", "x" * 9999], "query": "&&=%00\0;" * 900})

    assert preferences.read(ada, "journeys")["columns"] == ["status"]
