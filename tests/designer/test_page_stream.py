"""The event stream: what came in, what was refused at the door, and what journeys refused."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from engine import clock, control
from engine.models import Discard, Event, Identity, RejectedEvent
from tests.cast import Shop, graph, node
from tests.designer.conftest import logged_in, member


@pytest.fixture
def cast(committed: None) -> Any:
    """The shop with a journey; Ana entered it, and tried again while inside."""
    shop = Shop()
    shop.defines("Signup")
    shop.publishes(
        graph([node("event-1", event="Signup"), node("wait-1", duration="P1D")], "event-1 > wait-1"), name="Welcome"
    )
    shop.identifies("ana", email="ana@example.org")
    shop.tracks("Signup", "ana", plan="free")
    shop.tracks("Signup", "ana")
    shop.tracks("Looked", "bob", page="<script>alert(1)</script>")
    shop.post("/v1/batch", {"batch": [{"type": "track", "event": "Nobody"}]})
    shop.runs()
    yield shop
    shop.close()


@pytest.fixture
def viewer(cast: Shop) -> Client:
    return logged_in(member("vera", cast.sandbox, "viewer"))


@pytest.fixture
def outsider(cast: Shop) -> Client:
    return logged_in(member("mallory", Shop("elsewhere").sandbox, "administrator"))


def text_of(answer: Any) -> str:
    return answer.content.decode()


def rows_on(answer: Any) -> list[str]:
    return re.findall(r'<span class="strong truncate" title="([^"]*)"', text_of(answer))


def test_every_event_says_what_it_did(viewer: Client) -> None:
    answer = viewer.get("/stream/")

    assert sorted(rows_on(answer)) == ["Looked", "Signup", "Signup", "identify"]
    page = text_of(answer)
    assert "entered Welcome" in page
    assert "refused by Welcome" in page
    assert "Is still inside" not in page.split("refused by")[0].rsplit("<details", 1)[0]
    assert "matched no event definition" in page
    assert "ana@example.org" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"name": "sign"}, ["Signup", "Signup"]),
        ({"name": "Signup", "person": "bob"}, []),
        ({"person": "bob"}, ["Looked"]),
        ({"person": "ana@"}, ["Signup", "Signup", "identify"]),
        ({"name": "50%"}, []),
    ],
)
def test_events_are_found_by_name_and_person(viewer: Client, query: dict[str, str], expected: list[str]) -> None:
    assert sorted(rows_on(viewer.get("/stream/", query))) == expected


def test_a_link_chooses_one_person_and_says_so(viewer: Client) -> None:
    bob = Identity.objects.get(value="bob").profile_id

    answer = viewer.get("/stream/", {"profile": bob})

    assert rows_on(answer) == ["Looked"]
    assert "Only <a" in text_of(answer)


def test_what_arrives_later_is_fetched_and_nothing_when_nothing_came(viewer: Client, cast: Shop) -> None:
    page = text_of(viewer.get("/stream/"))
    address = re.search(r'hx-get="(/stream/newer/\?[^"]+)"', page)
    assert address
    before = Event.objects.count()

    cast.tracks("Ordered", "ana")
    cast.runs()
    found = viewer.get(address.group(1).replace("&amp;", "&"))
    nothing = viewer.get("/stream/newer/", {"newest": control.cursor_at(clock.now() + timedelta(hours=1), 0)})

    assert Event.objects.count() == before + 1
    assert rows_on(found)[0] == "Ordered"
    assert nothing.status_code == 204


def test_the_payload_is_shown_when_asked_for_and_never_as_markup(viewer: Client) -> None:
    event = Event.objects.get(name="Looked")

    page = text_of(viewer.get(f"/stream/events/{event.pk}/"))

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_what_was_refused_at_the_door_is_shown_with_its_reason_and_as_it_was(viewer: Client) -> None:
    page = text_of(viewer.get("/stream/rejected/"))

    assert RejectedEvent.objects.get().message in page
    assert "no_identity" in page
    assert "Nobody" in page


def test_what_journeys_refused_is_said_in_words(viewer: Client) -> None:
    assert Discard.objects.get().code == "reentranceNotAllowed"

    page = text_of(viewer.get("/stream/discards/"))

    assert "Is still inside" in page
    assert "Welcome" in page
    assert "Is still inside" not in text_of(viewer.get("/stream/discards/", {"person": "bob"}))


def test_empty_lists_say_what_it_means(ada: User, shop: Any) -> None:
    client = logged_in(ada)

    assert "Nothing has arrived yet" in text_of(client.get("/stream/"))
    assert "Nothing was refused" in text_of(client.get("/stream/rejected/"))
    assert "Journeys refused nothing" in text_of(client.get("/stream/discards/"))


def test_nothing_is_seen_from_another_sandbox(outsider: Client, cast: Shop) -> None:
    event = Event.objects.get(name="Looked")
    bob = Identity.objects.get(value="bob").profile_id

    for path in ("/stream/", "/stream/rejected/", "/stream/discards/"):
        assert "Signup" not in text_of(outsider.get(path))
        assert "Nobody</" not in text_of(outsider.get(path))
    assert "Looked" not in text_of(outsider.get("/stream/", {"person": "bob"}))
    assert outsider.get(f"/stream/events/{event.pk}/").status_code == 404
    assert outsider.get("/stream/", {"profile": bob}).status_code == 404
    assert outsider.get("/stream/discards/", {"profile": bob}).status_code == 404


def test_pages_follow_each_other_without_gap_or_double(cast: Shop, viewer: Client) -> None:
    calls = [{"type": "track", "userId": f"u-{n}", "event": f"Evt{n:03}"} for n in range(120)]
    cast.post("/v1/batch", {"batch": calls})
    cast.runs()

    seen: list[str] = []
    address = "/stream/?name=evt"
    for _ in range(4):
        answer = viewer.get(address)
        seen += rows_on(answer)
        following = re.search(r'href="(\?[^"]*after=[^"]+)"[^>]*>Next page', text_of(answer))
        if not following:
            break
        address = "/stream/" + following.group(1).replace("&amp;", "&")

    assert sorted(seen) == sorted(call["event"] for call in calls)


@pytest.mark.parametrize("path", ["/stream/", "/stream/rejected/", "/stream/discards/"])
@pytest.mark.parametrize(
    "query",
    ["after=x", "after=2026-01-01~5", "after=2026-01-01T00:00:00%2B00:00~99999999999999999999", "name=%00&person=%00",
     "after=0001-01-01T00:00:00%2B14:00~1", "name=" + "x" * 3000, "person=%25", "person=999999999999999999"],
)  # fmt: skip
def test_a_strange_address_is_answered_calmly(viewer: Client, path: str, query: str) -> None:
    assert viewer.get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/stream/?profile=abc", "/stream/?profile=99999999999999999999999", "/stream/newer/", "/stream/newer/?newest=x",
     "/stream/events/999999999999999999/", f"/stream/events/{'9' * 30}/", "/stream/discards/?profile=-1"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(viewer: Client, address: str) -> None:
    assert viewer.get(address).status_code == 404
