"""The list of journeys: finding, sorting, and what can be done from it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from designer.actions.create_journey import create_journey
from designer.actions.new_version import new_version
from designer.models import Journey, Version
from engine import clock
from engine.models import Definition, Sandbox
from tests.designer.conftest import NOW, logged_in, member

HTMX = {"HX-Request": "true"}


def names_on(answer: Any) -> list[str]:
    return re.findall(r'class="row-link" href="[^"]*">([^<]*)<', answer.content.decode())


def counted(version: Version, **metrics: int) -> None:
    """Counts as the engine writes them."""
    with connection.cursor() as cursor:
        for metric, value in metrics.items():
            cursor.execute(
                "INSERT INTO engine_counter (version_id, node, port, metric, minute, writer, value) "
                "VALUES (%s, '', '', %s, %s, 1, %s)",
                [version.pk, metric, NOW, value],
            )


@pytest.fixture
def three(shop: Any, ada: User) -> list[Version]:
    """Anna, Bert and Carl, made one hour after the other, with counts that order them differently."""
    made = [
        create_journey(sandbox=shop, name=name, by=ada, now=NOW + timedelta(hours=hour))
        for hour, name in enumerate(["Anna", "Bert", "Carl"])
    ]
    for version, entered, ended, errors in zip(made, (5, 90, 20), (5, 0, 19), (0, 3, 7), strict=True):
        counted(version, entered=entered, ended=ended, error=errors)
    return made


def test_an_empty_sandbox_says_what_to_do(browser: Client) -> None:
    answer = browser.get("/journeys/")

    assert answer.status_code == 200
    assert "No journeys yet" in answer.content.decode()


@pytest.mark.parametrize(("role", "is_shown"), [("engineer", True), ("marketer", False)])
def test_without_any_event_the_first_thing_to_do_is_to_define_one(elsewhere: Any, role: str, is_shown: bool) -> None:
    page = logged_in(member("tom", elsewhere, role)).get("/journeys/").content.decode()

    assert "none is defined here yet" in page
    assert ('href="/events/new/"' in page) == is_shown
    assert ("A data engineer of this sandbox can do that" in page) != is_shown


def test_the_latest_change_comes_first_and_says_who(browser: Client, three: list[Version]) -> None:
    answer = browser.get("/journeys/")

    assert names_on(answer) == ["Carl", "Bert", "Anna"]
    assert "by ada" in answer.content.decode()


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["Anna", "Bert", "Carl"]),
        ("-name", ["Carl", "Bert", "Anna"]),
        ("-entered", ["Bert", "Carl", "Anna"]),
        ("entered", ["Anna", "Carl", "Bert"]),
        ("-active", ["Bert", "Carl", "Anna"]),
        ("-errors", ["Carl", "Bert", "Anna"]),
        ("changed", ["Anna", "Bert", "Carl"]),
        ("version", ["Anna", "Bert", "Carl"]),
        ("status", ["Anna", "Bert", "Carl"]),
    ],
)
def test_every_column_sorts(browser: Client, three: list[Version], sort: str, expected: list[str]) -> None:
    assert names_on(browser.get("/journeys/", {"sort": sort})) == expected


def test_how_somebody_sorted_and_filtered_is_remembered_for_them_alone(
    browser: Client, three: list[Version], shop: Any
) -> None:
    browser.get("/journeys/", {"sort": "name", "status": "draft"})

    assert names_on(browser.get("/journeys/")) == ["Anna", "Bert", "Carl"]
    assert names_on(logged_in(member("grace", shop, "viewer")).get("/journeys/")) == ["Carl", "Bert", "Anna"]


def test_search_looks_into_name_and_description(browser: Client, three: list[Version], shop: Any, ada: User) -> None:
    create_journey(sandbox=shop, name="Dora", description="for bertha", by=ada, now=NOW)

    assert names_on(browser.get("/journeys/", {"q": "BERT"})) == ["Bert", "Dora"]
    assert "No journey looks like that" in browser.get("/journeys/", {"q": "50%"}).content.decode()


def test_a_journey_shows_its_live_version_and_says_that_a_draft_waits(
    browser: Client, live: Version, ada: User
) -> None:
    draft = new_version(live, by=ada, now=NOW)

    listed = browser.get("/journeys/")
    drafts = browser.get("/journeys/", {"status": "draft"})

    assert f"/versions/{live.pk}/" in re.findall(r'data-href="([^"]*)"', listed.content.decode())[0]
    assert "draft 2.0" in listed.content.decode()
    assert f"/versions/{draft.pk}/" in re.findall(r'data-href="([^"]*)"', drafts.content.decode())[0]


@pytest.mark.parametrize("sort", ["name", "-name", "-changed", "entered", "-errors", "status", "version"])
def test_pages_show_every_journey_exactly_once(browser: Client, shop: Any, ada: User, sort: str) -> None:
    expected = {f"Journey {number:02}" for number in range(60)}
    for number, name in enumerate(sorted(expected)):
        counted(create_journey(sandbox=shop, name=name, by=ada, now=NOW), entered=number % 3)

    seen: list[str] = []
    address = f"/journeys/?sort={sort}"
    for _ in range(4):
        answer = browser.get(address)
        seen += names_on(answer)
        following = re.search(r'href="(\?[^"]*after=[^"]+)"[^>]*>Next page', answer.content.decode())
        if not following:
            break
        address = "/journeys/" + following.group(1).replace("&amp;", "&")

    assert len(seen) == 60
    assert set(seen) == expected


def test_the_list_asks_the_database_equally_often_however_long_it_is(
    browser: Client, shop: Any, ada: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        create_journey(sandbox=shop, name=f"Journey {number}", by=ada, now=NOW)

    with django_assert_max_num_queries(20):
        browser.get("/journeys/")


def test_a_new_journey_leads_to_its_canvas(browser: Client, shop: Any) -> None:
    answer = browser.post("/journeys/new/", {"name": " Welcome ", "description": "Hello"})

    version = Version.objects.get()
    assert (version.journey.name, version.journey.description) == ("Welcome", "Hello")
    assert answer["Location"] == f"/journeys/{version.journey_id}/versions/{version.pk}/"


def test_the_dialog_is_a_page_without_htmx_and_a_dialog_with_it(browser: Client) -> None:
    page, dialog = browser.get("/journeys/new/"), browser.get("/journeys/new/", headers=HTMX)

    assert "<aside" in page.content.decode()
    assert "hx-post" not in page.content.decode()
    assert dialog.content.decode().strip().startswith("<dialog")
    assert 'hx-post="/journeys/new/"' in dialog.content.decode()


def test_with_htmx_a_done_dialog_sends_the_browser_on(browser: Client) -> None:
    answer = browser.post("/journeys/new/", {"name": "Welcome"}, headers=HTMX)

    assert answer["HX-Redirect"].startswith("/journeys/")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("thank you", "already"), ("", "Give it a name"), ("x" * 201, "at most 200"), ("a\0b", "Null characters")],
)
def test_a_name_that_does_not_do_is_refused_beside_it(
    browser: Client, draft: Version, name: str, sentence: str
) -> None:
    answer = browser.post("/journeys/new/", {"name": name})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Journey.objects.count() == 1


def test_rename_duplicate_and_next_version(browser: Client, live: Version) -> None:
    at = f"/journeys/{live.journey_id}"

    browser.post(f"{at}/rename/", {"name": "Thanks", "description": "After an order"})
    browser.post(f"{at}/versions/{live.pk}/duplicate/", {"name": "Thanks again"})
    browser.post(f"{at}/versions/{live.pk}/next/")

    live.journey.refresh_from_db()
    assert (live.journey.name, live.journey.description) == ("Thanks", "After an order")
    assert list(live.journey.versions.values_list("major", "status")) == [(2, "draft"), (1, "live")]
    assert Journey.objects.get(name="Thanks again").versions.get().graph == live.graph


@pytest.mark.parametrize("verb", ["close", "stop"])
def test_a_move_says_what_it_means_and_then_is_made(browser: Client, live: Version, verb: str) -> None:
    address = f"/journeys/{live.journey_id}/versions/{live.pk}/{verb}/"

    asked = browser.get(address)
    browser.post(address)

    assert "Nobody is inside." in asked.content.decode()
    live.refresh_from_db()
    assert live.status == {"close": "closed", "stop": "stopped"}[verb]


def test_what_cannot_be_moved_says_why_and_offers_no_button(browser: Client, draft: Version) -> None:
    answer = browser.get(f"/journeys/{draft.journey_id}/versions/{draft.pk}/stop/")

    assert "there is nothing to stop" in answer.content.decode()
    assert 'type="submit">Stop' not in answer.content.decode()


@pytest.mark.parametrize(("status", "is_gone"), [("draft", True), ("finished", True), ("live", False)])
def test_only_drafts_and_finished_journeys_are_deleted(
    browser: Client, in_status: Callable[[str], Version], status: str, is_gone: bool
) -> None:
    version = in_status(status)

    asked = browser.get(f"/journeys/{version.journey_id}/delete/")
    answer = browser.post(f"/journeys/{version.journey_id}/delete/")

    assert ("cannot be undone" in asked.content.decode()) is is_gone
    assert answer.status_code == (302 if is_gone else 409)
    assert Journey.objects.exists() is not is_gone


def test_all_versions_of_a_journey_can_be_reached(browser: Client, live: Version, ada: User) -> None:
    draft = new_version(live, by=ada, now=NOW)

    page = browser.get(f"/journeys/{live.journey_id}/versions/").content.decode()

    for version in (live, draft):
        assert f'href="/journeys/{live.journey_id}/versions/{version.pk}/"' in page


@pytest.mark.parametrize(
    "path", ["rename", "delete", "versions", "versions/{version}/duplicate", "versions/{version}/next",
             "versions/{version}/close", "versions/{version}/stop"],
)  # fmt: skip
def test_nothing_of_it_is_there_for_another_sandbox(stranger: Client, live: Version, path: str) -> None:
    address = f"/journeys/{live.journey_id}/{path.format(version=live.pk)}/"

    assert stranger.get(address).status_code == 404
    assert stranger.post(address, {"name": "Mine"}).status_code == 404
    live.refresh_from_db()
    assert live.status == "live"


@pytest.mark.parametrize(
    "path", ["new", "{journey}/rename", "{journey}/delete", "{journey}/versions/{version}/duplicate",
             "{journey}/versions/{version}/next", "{journey}/versions/{version}/close",
             "{journey}/versions/{version}/stop"],
)  # fmt: skip
def test_a_viewer_changes_nothing(shop: Any, live: Version, path: str) -> None:
    viewer = logged_in(member("vera", shop, "viewer"))

    answer = viewer.post(f"/journeys/{path.format(journey=live.journey_id, version=live.pk)}/", {"name": "Mine"})

    assert answer.status_code == 403
    assert Version.objects.get().status == "live"
    assert Journey.objects.get().name == "Thank you"


def test_a_viewer_is_offered_nothing_to_change(shop: Any, live: Version) -> None:
    page = logged_in(member("vera", shop, "viewer")).get("/journeys/").content.decode()

    assert "Thank you" in page
    for word in ("New journey", "Rename", "Duplicate", "Stop…", "Delete…"):
        assert word not in page


@pytest.mark.parametrize(
    "query",
    ["sort=name'; DROP", "sort=-nothing", "status=lost", "q=%00", "q=" + "x" * 5000, "after=abc", "after=W10=",
     "after=WyJ4IiwgOTk5OTk5OTk5OTk5OTk5OTk5OTk5XQ==", "sort=entered&after=WyJ4IiwgMV0=", "q=%F0%9F%98%80&after=%FF"],
)  # fmt: skip
def test_a_strange_address_is_answered_calmly(browser: Client, live: Version, query: str) -> None:
    assert browser.get(f"/journeys/?{query}").status_code == 200


def test_a_number_too_long_for_an_id_is_not_found(browser: Client, live: Version) -> None:
    for path in ("999999999999999999", "9" * 30):
        assert browser.get(f"/journeys/{path}/versions/").status_code == 404


def test_the_list_says_what_happened_in_the_last_24_hours(browser: Client, live: Version, shop: Sandbox) -> None:
    other = Sandbox.objects.create(name="other", title="Other")
    Definition.objects.create(
        version_id=99_999, sandbox=other, journey_id=0, journey_name="Elsewhere", number="1.0", status="live", graph={},
        deployed_at=NOW,
    )  # fmt: skip
    now = clock.now()
    for version, metric, value, age in (
        (live.pk, "entered", 1_200, 2), (live.pk, "entered", 5_000, 60), (live.pk, "ended", 1_000, 2),
        (live.pk, "error", 31, 2), (live.pk, "discarded", 400, 3), (99_999, "entered", 7, 2),
    ):  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO engine_counter (version_id, node, port, metric, minute, writer, value) "
                "VALUES (%s, '', '', %s, %s, 1, %s)",
                [version, metric, now - timedelta(hours=age), value],
            )

    page = browser.get("/journeys/").content.decode()

    assert re.findall(r"<dd[^>]*>([\d,]+)", page) == ["1", "1,200", "31", "400"]
    assert "3.1 %" in page
    assert "25 %" in page
