"""The filters of the list: each on its own, all together, in the address, as chips, and what is said of nonsense."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer.actions.create_journey import create_journey
from designer.actions.new_version import new_version
from designer.actions.publish import publish
from designer.actions.save_draft import save_draft
from designer.actions.set_tags import set_tags
from designer.actions.stop import stop
from designer.models import Role, Version
from designer.queries.journey_filters import choices
from engine.models import EventDefinition, Sandbox
from tests.designer.conftest import GRAPH, NOW, logged_in, member
from tests.designer.test_page_journeys import names_on


def texts(answer: Any, css: str) -> list[str]:
    """What the elements of this class say, without tags."""
    found = re.findall(rf'<a class="{css}"[^>]*>(.*?)</a>', answer.content.decode(), re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()).removesuffix(" , remove") for each in found]


def addresses(answer: Any, css: str) -> list[str]:
    found = re.findall(rf'<a class="{css}" href="([^"]*)"', answer.content.decode())
    return ["/journeys/" + each.replace("&amp;", "&") for each in found]


@pytest.fixture
def grace(shop: Sandbox) -> User:
    return member("grace", shop, Role.MARKETER)


@pytest.fixture
def cast(shop: Sandbox, ada: User, grace: User) -> dict[str, Version]:
    """Empty: a draft of grace's. Thanks: live since day 3, by ada. Reminder: a draft that leaves by another event."""
    EventDefinition.objects.create(
        sandbox=shop, name="Unsubscribed", rule='@event{Unsubscribed.event} == "Unsubscribed"', namespace="userId"
    )
    empty = create_journey(sandbox=shop, name="Empty", by=grace, now=NOW)
    thanks = create_journey(sandbox=shop, name="Thanks", by=ada, now=NOW + timedelta(days=1))
    save_draft(thanks, graph=GRAPH, revision=1, by=ada, now=NOW + timedelta(days=2))
    publish(thanks, by=ada, now=NOW + timedelta(days=3))
    reminder = create_journey(sandbox=shop, name="Reminder", by=grace, now=NOW + timedelta(days=5))
    criteria = {"exit_criteria": [{"event": "Unsubscribed", "label": "", "condition": ""}]}
    save_draft(reminder, graph=GRAPH, properties=criteria, revision=1, by=grace, now=NOW + timedelta(days=5))
    set_tags(reminder.journey, ["nudge"], by=ada, now=NOW + timedelta(days=4))
    return {"empty": empty, "thanks": thanks, "reminder": reminder}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"begins_with": "event"}, ["Reminder", "Thanks"]),
        ({"begins_with": "nothing"}, ["Empty"]),
        ({"event": "OrderPlaced"}, ["Reminder", "Thanks"]),
        ({"event": "Unsubscribed"}, ["Reminder"]),
        ({"activity": "wait"}, ["Reminder", "Thanks"]),
        ({"tag": "nudge"}, ["Reminder"]),
        ({"created_by": "grace"}, ["Empty", "Reminder"]),
        ({"created_from": "2026-03-02"}, ["Reminder", "Thanks"]),
        ({"created_to": "2026-03-02"}, ["Empty", "Thanks"]),
        ({"created_from": "2026-03-02", "created_to": "2026-03-02"}, ["Thanks"]),
        ({"published_by": "ada"}, ["Thanks"]),
        ({"published_from": "2026-03-04", "published_to": "2026-03-04"}, ["Thanks"]),
        ({"published_to": "2026-03-03"}, []),
        ({"created_by": "grace", "activity": "wait"}, ["Reminder"]),
        ({"q": "e", "status": "draft", "event": "Unsubscribed", "created_by": "grace"}, ["Reminder"]),
    ],
)
def test_every_filter_and_all_of_them_must_hold(
    browser: Client, cast: dict[str, Version], query: dict[str, str], expected: list[str]
) -> None:
    assert names_on(browser.get("/journeys/", {"sort": "name", **query})) == expected


def test_the_choices_are_what_there_is_in_this_sandbox_and_nothing_else(
    cast: dict[str, Version], elsewhere: Sandbox, mallory: User
) -> None:
    secret = create_journey(sandbox=elsewhere, name="Secret", by=mallory, now=NOW)
    save_draft(secret, graph=GRAPH, revision=1, by=mallory, now=NOW)
    set_tags(secret.journey, ["secret"], by=mallory, now=NOW)

    offered = choices(cast["thanks"].journey.sandbox)

    assert offered["event"] == [("OrderPlaced", "OrderPlaced"), ("Unsubscribed", "Unsubscribed")]
    assert offered["activity"] == [("event", "Event"), ("wait", "Wait")]
    assert [name for name, _ in offered["created_by"]] == ["ada", "grace"]
    assert [name for name, _ in offered["published_by"]] == ["ada"]
    assert [name for name, _ in offered["tag"]] == ["nudge"]


def test_one_row_for_each_journey_or_its_latest_or_every_version(
    browser: Client, cast: dict[str, Version], ada: User
) -> None:
    new_version(cast["thanks"], by=ada, now=NOW + timedelta(days=8))

    def numbers(**query: str) -> list[str]:
        page = browser.get("/journeys/", {"q": "Thanks", "sort": "version", **query}).content.decode()
        return re.findall(r'tiny-hide">(\d\.0)', page)

    assert numbers() == ["1.0"]
    assert numbers(rows="latest") == ["2.0"]
    assert numbers(rows="all") == ["1.0", "2.0"]
    assert numbers(rows="latest", status="live") == []
    assert numbers(rows="all", status="live") == ["1.0"]


def test_a_version_must_fit_all_filters_by_itself(browser: Client, cast: dict[str, Version], ada: User) -> None:
    """Version 1 is stopped and has the wait, version 2 is a draft and empty: no version is a draft with a wait."""
    draft = new_version(cast["thanks"], by=ada, now=NOW + timedelta(days=8))
    save_draft(draft, graph={"nodes": [], "edges": [], "ends": []}, revision=draft.revision, by=ada, now=NOW)
    stop(cast["thanks"], by=ada, now=NOW + timedelta(days=9))

    assert names_on(browser.get("/journeys/", {"q": "Thanks", "status": "stopped", "activity": "wait"})) == ["Thanks"]
    assert names_on(browser.get("/journeys/", {"q": "Thanks", "status": "draft", "activity": "wait"})) == []


def test_chips_say_what_is_set_and_each_takes_itself_away(browser: Client, cast: dict[str, Version]) -> None:
    query = {"status": "draft", "created_by": "grace", "created_from": "2026-03-06", "event": "Unsubscribed"}

    answer = browser.get("/journeys/", query)
    without_the_first = browser.get(addresses(answer, "filter-chip")[0])

    assert texts(answer, "filter-chip") == [
        "Status Draft", "Uses event Unsubscribed", "Created by grace", "Created since 6 Mar 2026",
    ]  # fmt: skip
    assert texts(without_the_first, "filter-chip") == texts(answer, "filter-chip")[1:]
    assert 'href="?status="' in answer.content.decode()
    assert texts(browser.get("/journeys/?status="), "filter-chip") == []


def test_the_form_shows_what_is_set(browser: Client, cast: dict[str, Version]) -> None:
    page = browser.get("/journeys/", {"event": "Unsubscribed", "created_to": "2026-03-09"}).content.decode()

    assert '<option value="Unsubscribed" selected>' in page
    assert 'name="created_to" value="2026-03-09"' in page
    assert '<span class="pill">2' in page


def test_the_remembered_status_is_not_mixed_into_an_address_with_filters(
    browser: Client, cast: dict[str, Version]
) -> None:
    browser.get("/journeys/", {"status": "live"})

    assert names_on(browser.get("/journeys/")) == ["Thanks"]
    assert names_on(browser.get("/journeys/", {"event": "Unsubscribed"})) == ["Reminder"]


def test_when_nothing_is_left_the_filters_that_hide_it_are_named(browser: Client, cast: dict[str, Version]) -> None:
    one = browser.get("/journeys/", {"status": "finished"})
    either = browser.get("/journeys/", {"event": "Unsubscribed", "status": "live"})
    together = browser.get("/journeys/", {"status": "finished", "tag": "nudge", "published_by": "ada"})

    assert "This filter hides everything" in one.content.decode()
    assert "Each of these filters is enough" in either.content.decode()
    assert re.findall(r"<span>(\d+ journeys?)</span></li>", either.content.decode()) == ["1 journey", "1 journey"]
    assert "Each by itself leaves" in together.content.decode()
    assert re.findall(r"<span>(\d+ journeys?)</span></li>", together.content.decode()) == [
        "0 journeys", "1 journey", "1 journey",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("status=lost", "“Status” has no choice “lost” here."),
        ("created_by=mallory", "“Created by” has no choice “mallory” here."),
        ("created_from=2026-02-30", "“2026-02-30” is no day, so “Created from” is left out."),
        ("published_to=tomorrow", "“tomorrow” is no day"),
        ("created_from=9999-12-31", "is no day"),
        ("created_from=2026-03-09&created_to=2026-03-01", "“Created” would end before it begins"),
        ("event=%3Cscript%3E", "“Uses event” has no choice “&lt;script&gt;” here."),
        ("rows=none&begins_with=" + "x" * 900, "has no choice"),
        ("created_from=20260301", "is no day"),
        ("created_from=%F0%9F%98%80%00", "is no day"),
    ],
)
def test_what_makes_no_sense_is_left_out_and_said(
    browser: Client, cast: dict[str, Version], query: str, sentence: str
) -> None:
    answer = browser.get(f"/journeys/?{query}")

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert len(names_on(answer)) == 3


def test_pages_keep_the_filters(browser: Client, shop: Sandbox, ada: User, grace: User) -> None:
    for number in range(60):
        create_journey(sandbox=shop, name=f"J{number:02}", by=[ada, grace][number % 2], now=NOW)

    first = browser.get("/journeys/", {"created_by": "grace", "sort": "name"})
    following = re.search(r'href="(\?[^"]*after=[^"]+)"[^>]*>Next page', first.content.decode())
    assert following
    second = browser.get("/journeys/" + following.group(1).replace("&amp;", "&"))

    assert names_on(first) + names_on(second) == [f"J{number:02}" for number in range(1, 60, 2)]
    for answer in (first, second):
        assert 'role="status">30 journeys<' in answer.content.decode()


def test_nothing_of_another_sandbox_is_found(stranger: Client, cast: dict[str, Version]) -> None:
    assert names_on(stranger.get("/journeys/", {"event": "OrderPlaced", "rows": "all"})) == []


def test_a_graph_without_sense_is_no_obstacle(browser: Client, draft: Version) -> None:
    graph = {"nodes": [{"id": "event-1", "type": "event", "settings": {"event": {"a": 1}}}], "edges": [], "ends": []}
    Version.objects.filter(pk=draft.pk).update(graph=graph, properties={"exit_criteria": "none"})

    assert browser.get("/journeys/?event=x&begins_with=event").status_code == 200
    draft.refresh_from_db()
    assert draft.begins_with == ["event"]


def test_viewers_filter_too(shop: Sandbox, cast: dict[str, Version]) -> None:
    assert names_on(logged_in(member("vera", shop, Role.VIEWER)).get("/journeys/?event=Unsubscribed")) == ["Reminder"]
