"""Every door takes its own key: sessions for people, write keys for programs, and nothing that was forged elsewhere."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer.models import Journey
from tests.designer.conftest import logged_in
from tests.designer.everything import Address, Full, addresses

BY_NAME = {address.name: address for address in addresses()}
ACCEPTED = (200, 201, 204)


@pytest.fixture
def full(committed: None) -> Iterator[Full]:
    shop = Full("shop")
    yield shop
    shop.close()


OPEN = {"openapi", "healthz", "readyz"}  # they say nothing about anybody


def of_pages() -> list[Address]:
    return [address for address in addresses() if address.name not in ("login", "home")]


def test_no_post_without_the_token_of_our_own_page_is_taken(full: Full) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(full.owner)
    taken = []

    for address in of_pages():
        for headers in ({}, {"HX-Request": "true"}, {"Origin": "https://evil.example"}):
            for body in ({"name": "x", "do": "save"}, "{}"):
                kind = {"content_type": "application/json"} if isinstance(body, str) else {}
                answer = client.post(full.path(address), body, headers=headers, **kind)  # type: ignore[arg-type]
                if answer.status_code not in (403, 404, 405, 415):
                    taken.append((address.name, answer.status_code))

    assert taken == []
    full.version.refresh_from_db()
    assert full.version.status == "live"


def test_nobody_who_is_not_logged_in_gets_anywhere(full: Full) -> None:
    inside = []

    for address in of_pages():
        if address.name in OPEN:
            continue
        for answer in (Client().get(full.path(address)), Client().post(full.path(address))):
            is_sent_away = answer.status_code == 302 and answer["Location"].startswith("/log-in/")
            if not is_sent_away and answer.status_code not in (401, 403, 405):
                inside.append((address.name, answer.status_code))

    assert inside == []


def test_who_was_made_inactive_is_out_at_once(full: Full) -> None:
    client = logged_in(full.owner)
    User.objects.filter(pk=full.owner.pk).update(is_active=False)

    assert client.get("/journeys/").status_code == 302
    assert client.get(f"/api/versions/{full.version.pk}/").status_code == 403


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
     "/journeys//evil.example", "https:evil.example", "\t//evil.example", "/%09/evil.example", "http:///evil.example"],
)  # fmt: skip
def test_no_redirect_leaves_the_site(full: Full, target: str) -> None:
    full.owner.set_password("correct horse")
    full.owner.save()
    browser = logged_in(full.owner)

    answers = [
        Client().post("/log-in/", {"username": full.owner.username, "password": "correct horse", "next": target}),
        browser.get("/log-in/", {"next": target}),
        browser.post("/preferences/sandbox/", {"sandbox": full.sandbox.pk, "next": target}),
        browser.post("/log-out/", {"next": target}),
    ]

    for answer in answers:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/")
        assert answer["Location"][1:2] not in ("/", "\\", "\t")


@pytest.mark.parametrize("scheme", ["Basic {basic}", "Bearer {key}", "Token {key}"])
def test_a_write_key_opens_nothing_but_the_event_endpoints(full: Full, scheme: str) -> None:
    from base64 import b64encode

    key = full.shop.key
    shown = scheme.format(key=key, basic=b64encode(f"{key}:".encode()).decode())
    opened = []

    for address in of_pages():
        if address.name in OPEN:
            continue
        for method in ("get", "post"):
            answer = getattr(Client(), method)(
                f"{full.path(address)}?writeKey={key}", headers={"Authorization": shown, "X-Write-Key": key}
            )
            if answer.status_code in ACCEPTED:
                opened.append((method, address.name))

    assert opened == []


def test_a_session_opens_no_event_endpoint(full: Full) -> None:
    client = logged_in(full.owner)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    session = client.cookies["sessionid"].value

    for headers in ({"cookie": cookie, "authorization": ""}, {"authorization": f"Bearer {session}"}):
        answer = full.shop.post("/v1/track", {"userId": "me", "event": "Order"}, headers=headers)
        assert answer.status == 401


def test_pages_cannot_be_framed_and_cookies_cannot_be_read(full: Full) -> None:
    full.owner.set_password("correct horse")
    full.owner.save()
    client = Client()

    answer = client.post("/log-in/", {"username": full.owner.username, "password": "correct horse"})

    assert answer.cookies["sessionid"]["httponly"]
    assert answer.cookies["sessionid"]["samesite"] == "Lax"
    assert client.get("/journeys/")["X-Frame-Options"] == "DENY"
    assert Journey.objects.filter(sandbox=full.sandbox).count() == 1
