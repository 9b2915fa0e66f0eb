"""The operations page and its interface: for who runs the server, whatever there is to show."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from engine import clock, tasks
from tests.cast import Shop, graph, node
from tests.designer.conftest import logged_in


@pytest.fixture
def runner(db: None) -> Client:
    return logged_in(User.objects.create_superuser("root"))


@pytest.mark.parametrize("path", ["/operations/", "/api/operations/", "/api/operations/history/"])
def test_an_administrator_of_a_sandbox_does_not_see_what_concerns_all_of_them(browser: Client, path: str) -> None:
    answer = browser.get(path)

    assert answer.status_code == 403
    assert "the person who runs this server" in answer.content.decode()
    assert "/operations/" not in browser.get("/journeys/").content.decode()


def test_who_runs_the_server_finds_it_in_the_menu_and_sees_empty_parts_explained(runner: Client, shop: Any) -> None:
    page = runner.get("/operations/").content.decode()

    assert '<a href="/operations/"' in runner.get("/journeys/").content.decode()
    for sentence in (
        "none waits",
        "No engine had anything to do in the last five minutes.",
        "None is open, and none was made in the last five minutes.",
        "Nobody was refused.",
        "The curves begin with the first of these notes.",
    ):
        assert sentence in page
    assert "No engine has done anything" not in page


def test_it_says_that_nobody_works(committed: None) -> None:
    shop = Shop("store")
    shop.defines("Order")
    shop.publishes(graph([node("event-1", event="Order"), node("wait-1", duration="P1D")], "event-1 > wait-1"))
    for user in ("ana", "ben"):
        shop.tracks("Order", user)
    client = logged_in(User.objects.create_superuser("root"))

    with clock.travel(timedelta(minutes=3)):
        page = client.get("/operations/").content.decode()
        told = client.get("/api/operations/").json()
        shop.runs()
        tasks.take_sample()
        after = client.get("/operations/").content.decode()
    with clock.travel(timedelta(minutes=4)):
        past = client.get("/api/operations/history/?hours=1").json()

    assert "No engine has done anything for 2 minutes while 2 items wait." in page
    assert "Is <code>run_engine</code> running?" in page
    assert (told["nobody_works"], told["waiting"], told["inbox"]) == (True, 2, 2)
    assert {job["name"] for job in told["jobs"]} >= {"help_on", "take_sample"}
    assert "No engine has done anything" not in after
    assert "2 items wait" not in after
    assert past["inbox"][-1] == 0
    assert past["taken"][-1] == pytest.approx(2 / 60)
    assert sum(past["phases"][name][-1] for name in past["phases"]) == pytest.approx(1)
    shop.close()


@pytest.mark.parametrize("hours", ["0", "169", "x", "-1", "1e3"])
def test_spans_that_are_none_are_refused_by_the_interface_and_ignored_by_the_page(runner: Client, hours: str) -> None:
    answer = runner.get(f"/api/operations/history/?hours={hours}")

    assert (answer.status_code, bool(answer.json()["message"])) == (400, True)
    assert runner.get(f"/operations/?hours={hours}").status_code == 200
