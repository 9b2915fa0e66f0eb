"""People: found by who they are and what is known about them; shown whole; exported and erased."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from designer.models import AuditEntry
from engine.models import Event, Identity, Instance, Profile
from tests.cast import Shop, graph, node
from tests.designer.conftest import logged_in, member

HTMX = {"HX-Request": "true"}


@pytest.fixture
def cast(committed: None) -> Iterator[Shop]:
    """Ana waits in a journey that refused her second attempt; Bob and Cleo are only known."""
    shop = Shop()
    shop.defines("Signup")
    wait = node("wait-1", duration="P1D")
    wait["label"] = "A day to think"
    shop.publishes(graph([node("event-1", event="Signup"), wait], "event-1 > wait-1"), name="Welcome")
    shop.identifies("ana", email="ana@example.org", city="Paris", age=40, vip=True, address={"zip": "75001"})
    shop.identifies("bob", email="Bob@example.org", city="Berlin", age=9, note="<b>bold</b>", **{"shoe.size": "38"})
    shop.identifies("cleo", city="Parma", age="40", tags=["a"])
    shop.tracks("Signup", "ana")
    shop.tracks("Signup", "ana")
    shop.runs()
    yield shop
    shop.close()


@pytest.fixture
def admin(cast: Shop) -> Client:
    return logged_in(member("ada", cast.sandbox, "administrator"))


def id_of(user: str) -> int:
    return Identity.objects.get(namespace="userId", value=user).profile_id


def text_of(answer: Any) -> str:
    return answer.content.decode()


def names_on(answer: Any) -> list[str]:
    return sorted(re.findall(r'class="row-link" href="/profiles/[^"]*">([^<]*)<', text_of(answer)))


def test_everybody_is_listed_and_found_by_the_beginning_of_an_identity(admin: Client) -> None:
    assert names_on(admin.get("/profiles/")) == ["Bob@example.org", "ana@example.org", "cleo"]
    assert names_on(admin.get("/profiles/", {"q": "ana"})) == ["ana@example.org"]
    assert names_on(admin.get("/profiles/", {"q": "bob@"})) == ["Bob@example.org"]
    assert names_on(admin.get("/profiles/", {"q": "na"})) == []
    assert "Nobody like that" in text_of(admin.get("/profiles/", {"q": "%"}))


@pytest.mark.parametrize(
    ("name", "operator", "value", "expected"),
    [
        ("city", "is", "Paris", ["ana@example.org"]),
        ("city", "is", "paris", []),
        ("city", "is_not", "Paris", ["Bob@example.org", "cleo"]),
        ("city", "contains", "par", ["ana@example.org", "cleo"]),
        ("age", "is", "40", ["ana@example.org", "cleo"]),
        ("age", "more", "10", ["ana@example.org"]),
        ("age", "less", "9.5", ["Bob@example.org"]),
        ("tags", "more", "0", []),
        ("vip", "is", "true", ["ana@example.org"]),
        ("vip", "set", "", ["ana@example.org"]),
        ("vip", "not_set", "", ["Bob@example.org", "cleo"]),
        ("address.zip", "is", "75001", ["ana@example.org"]),
        ('"shoe.size"', "is", "38", ["Bob@example.org"]),
        ("shoe.size", "set", "", []),
        ("city__regex", "is", ".*", []),
        ("age", "more", "many", []),
        ("age", "more", "nan", []),
        ("age", "more", "9" * 150, []),
    ],
)
def test_people_are_found_by_an_attribute(
    admin: Client, name: str, operator: str, value: str, expected: list[str]
) -> None:
    found = admin.get("/profiles/", {"name": name, "operator": operator, "value": value})

    assert names_on(found) == expected


def test_a_person_is_shown_whole(admin: Client) -> None:
    page = text_of(admin.get(f"/profiles/{id_of('ana')}/"))

    for shown in ("ana@example.org", "Paris", "Welcome", "Inside", "A day to think", "entered Welcome",
                  "Is still inside", "Nothing was sent to this person", "userId"):  # fmt: skip
        assert shown in page


def test_what_people_send_is_never_markup(admin: Client) -> None:
    assert "<b>bold" not in text_of(admin.get(f"/profiles/{id_of('bob')}/"))


def test_a_merged_profile_leads_to_the_one_it_lives_on_in(admin: Client, cast: Shop) -> None:
    cast.post("/v1/track", {"anonymousId": "browser-1", "event": "Looked"})
    cast.runs()
    younger = Identity.objects.get(value="browser-1").profile_id
    cast.post("/v1/identify", {"userId": "cleo", "anonymousId": "browser-1"})
    cast.runs()

    answer = admin.get(f"/profiles/{younger}/")

    assert answer["Location"] == f"/profiles/{id_of('cleo')}/"
    assert "Looked" in text_of(admin.get(answer["Location"]))


def test_an_export_is_a_file_with_everything_and_is_logged(admin: Client) -> None:
    ana = id_of("ana")

    answer = admin.post(f"/profiles/{ana}/export/")

    assert answer["Content-Disposition"] == f'attachment; filename="profile-{ana}.json"'
    found = json.loads(answer.content)
    assert found["profile"]["attributes"]["city"] == "Paris"
    assert len(found["events"]) == 3
    assert found["journeys"][0]["state"] == "active"
    assert (AuditEntry.objects.get().verb, AuditEntry.objects.get().object_id) == ("profile.exported", ana)
    assert admin.get(f"/profiles/{ana}/export/").status_code == 405


def test_who_erases_types_the_name_first(admin: Client) -> None:
    ana = id_of("ana")

    asked = admin.get(f"/profiles/{ana}/erase/", headers=HTMX)
    wrong = admin.post(f"/profiles/{ana}/erase/", {"typed": "ana"})

    assert 'data-confirm="ana@example.org"' in text_of(asked)
    assert wrong.status_code == 422
    assert "That is not the same text" in text_of(wrong)
    assert Profile.objects.filter(id=ana).exists()


def test_erased_is_erased_and_the_log_names_nobody(admin: Client) -> None:
    ana = id_of("ana")

    answer = admin.post(f"/profiles/{ana}/erase/", {"typed": "ana@example.org"})

    assert answer["Location"] == "/profiles/"
    for model in (Identity, Event, Instance):
        assert not model.objects.filter(profile_id=ana).exists()
    assert admin.get(f"/profiles/{ana}/").status_code == 404
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.object_id, entry.object_name) == ("profile.erased", ana, f"Profile {ana}")
    assert "ana" not in json.dumps(entry.details)


@pytest.mark.parametrize(
    ("role", "export", "erase"),
    [("viewer", 403, 403), ("marketer", 403, 403), ("engineer", 200, 403), ("administrator", 200, 302)],
)
def test_only_some_roles_export_and_erase(cast: Shop, role: str, export: int, erase: int) -> None:
    client, ana = logged_in(member("vera", cast.sandbox, role)), id_of("ana")

    assert client.post(f"/profiles/{ana}/export/").status_code == export
    assert client.post(f"/profiles/{ana}/erase/", {"typed": "ana@example.org"}).status_code == erase
    assert Profile.objects.filter(id=ana).exists() is (erase != 302)


def test_nobody_is_seen_from_another_sandbox(cast: Shop) -> None:
    outsider, ana = logged_in(member("mallory", Shop("elsewhere").sandbox, "administrator")), id_of("ana")

    assert names_on(outsider.get("/profiles/")) == []
    assert names_on(outsider.get("/profiles/", {"q": "ana"})) == []
    assert outsider.get(f"/profiles/{ana}/").status_code == 404
    assert outsider.post(f"/profiles/{ana}/export/").status_code == 404
    assert outsider.post(f"/profiles/{ana}/erase/", {"typed": "ana@example.org"}).status_code == 404
    assert Profile.objects.filter(id=ana).exists()


def test_the_list_goes_on_from_page_to_page(admin: Client, cast: Shop) -> None:
    people = [{"type": "identify", "userId": f"u-{n:03}", "traits": {"n": n}} for n in range(110)]
    cast.post("/v1/batch", {"batch": people})
    cast.runs()

    seen: list[str] = []
    address = "/profiles/?name=n&operator=set"
    for _ in range(4):
        answer = admin.get(address)
        seen += names_on(answer)
        following = re.search(r'href="(\?[^"]*after=[^"]+)"[^>]*>Next page', text_of(answer))
        if not following:
            break
        address = "/profiles/" + following.group(1).replace("&amp;", "&")

    assert sorted(seen) == [person["userId"] for person in people]


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=" + "x" * 5000, "after=x", "name=%00&value=%00", "name=...&value=x", "name=a'b\"c&value=x",
     "name=city&operator=drop&value=x", "name=age&operator=more&value=1e999", "after=2026-01-01T00:00:00%2B00:00~1"],
)  # fmt: skip
def test_a_strange_address_is_answered_calmly(admin: Client, query: str) -> None:
    assert admin.get(f"/profiles/?{query}").status_code == 200


def test_what_is_not_there_is_not_found(admin: Client) -> None:
    for pk in ("0", "999999999999999999", "9" * 30):
        assert admin.get(f"/profiles/{pk}/").status_code == 404
