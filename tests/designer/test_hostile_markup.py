"""What people and events bring in is text, on every page that shows it."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer.models import Membership
from engine import clock
from engine.models import CaughtMail, Delivery, EventDefinition, Namespace, WriteKey
from tests.designer.conftest import logged_in
from tests.designer.everything import Full, addresses

EVIL = """<img src=x onerror=alert(1)>"'--></script><script>alert(2)</script>{{ 7|add:7 }}{% now "Y" %}"""
# Addresses that change something when they are only looked at: none. Those that answer with what is no page:
NO_PAGES = {"message-html", "openapi", "import-problems"}
STRANGE_ATTRIBUTES = {"href", "src", "action", "hx-get", "hx-post", "formaction"}


class Reader(HTMLParser):
    """The elements of a page that a browser would act on."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = "" if dict(attrs).get("type") == "application/json" else tag
        for name, value in attrs:
            if name.startswith("on"):
                self.found.append(f"<{tag} {name}>")
            if name in STRANGE_ATTRIBUTES and (value or "").strip().lower().startswith(("javascript:", "data:", "x")):
                self.found.append(f"<{tag} {name}={value}>")

    def handle_data(self, data: str) -> None:
        if self.inside in ("script", "style") and "alert(" in data:
            self.found.append(f"<{self.inside}> {data[:80]}")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""


def acted_on(page: str) -> list[str]:
    reader = Reader()
    reader.feed(page)
    return reader.found


@pytest.fixture
def full(committed: None) -> Iterator[Full]:
    """A shop in which everything is called so."""
    shop = Full("shop", text=EVIL)
    Delivery.objects.update(
        state="failed", recipient=EVIL, error_code=EVIL[:60], error=EVIL, response={EVIL: EVIL},
        content={"subject": EVIL, "html": EVIL, "text": EVIL, "to": EVIL}, finished_at=clock.now(),
    )  # fmt: skip
    delivery = Delivery.objects.get()
    CaughtMail.objects.create(
        received_at=clock.now(),
        message_id=f"<{delivery.id}@{EVIL}>",
        sender=EVIL,
        recipient=EVIL,
        subject=EVIL,
        source=EVIL,
    )
    shop.shop.sandbox.title = EVIL[:120]
    shop.shop.sandbox.save()
    shop.owner.first_name = EVIL[:100]
    shop.owner.save()
    other = User.objects.create_user(EVIL[:150], last_name=EVIL[:100])
    Membership.objects.create(user=other, sandbox=shop.sandbox, role="viewer")
    WriteKey.objects.update(name=EVIL[:80], created_by=EVIL[:100])
    Namespace.objects.create(sandbox=shop.sandbox, code=EVIL[:60], title=EVIL[:120])
    EventDefinition.objects.update(
        schema={"properties": {"properties": {"properties": {EVIL: {"type": "string", "examples": [EVIL]}}}}}
    )
    yield shop
    shop.close()


@pytest.fixture
def browser(full: Full) -> Client:
    return logged_in(full.owner)


def test_no_page_acts_on_what_it_shows(full: Full, browser: Client) -> None:
    wrong, showing = [], 0

    for address in addresses():
        if address.name in NO_PAGES:
            continue
        for headers in ({}, {"HX-Request": "true"}):
            answer = browser.get(full.path(address), {"newest": "2026-01-01T00:00:00+00:00~0"}, headers=headers)
            page = answer.content.decode()
            if answer["Content-Type"].startswith("text/html"):
                showing += "&lt;img src=x" in page
                wrong += [(address.name, found) for found in acted_on(page)]
                if "<img src=x" in page or "</script><script>" in page or "14{% now" in page or "&amp;lt;img" in page:
                    wrong.append((address.name, "as it was given, or escaped twice"))
            assert answer["X-Content-Type-Options"] == "nosniff"

    assert wrong == []
    assert showing > 20  # it really stands there


def test_a_search_is_given_back_as_text(full: Full, browser: Client) -> None:
    names = ["q", "name", "value", "person", "status", "sort", "after", "state", "channel", "next"]

    for path in ("/journeys/", "/events/", "/profiles/", "/messages/", "/stream/", "/stream/discards/", "/log-in/"):
        client = Client() if path == "/log-in/" else browser
        page = client.get(path, dict.fromkeys(names, EVIL)).content.decode()
        assert acted_on(page) == [], path
        assert "<img src=x" not in page


def test_a_mistake_is_given_back_as_text(full: Full, browser: Client) -> None:
    forms = {
        "/settings/": {"name": EVIL * 3},
        "/settings/members/": {"username": EVIL, "role": EVIL},
        "/settings/namespaces/": {"code": EVIL, "title": EVIL},
        "/journeys/new/": {"name": EVIL, "description": EVIL},  # there is one already
        "/events/new/": {
            "name": EVIL, "rule_mode": "text", "rule_text": EVIL, "key_expression": EVIL, "schema": EVIL,
            "sample": EVIL, "namespace": EVIL, "description": EVIL * 9,
        },
        f"/profiles/{full.path_of('profile').strip('/').split('/')[-1]}/erase/": {"typed": EVIL},
    }  # fmt: skip

    for path, form in forms.items():
        for headers in ({}, {"HX-Request": "true"}):
            answer = browser.post(path, form, headers=headers)
            page = answer.content.decode()
            assert answer.status_code in (409, 422), path
            assert acted_on(page) == [], path
            assert "<img src=x" not in page, path


def test_the_html_of_a_mail_is_shown_in_a_box_without_rights(full: Full, browser: Client) -> None:
    answer = browser.get(full.path_of("message-html"))

    policy = answer["Content-Security-Policy"]
    assert "<img src=x" in answer.content.decode()
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy


def test_the_canvas_gets_its_names_inside_json(full: Full, browser: Client) -> None:
    page = browser.get(full.path_of("canvas")).content.decode()
    answer = browser.get(f"/api/versions/{full.version.pk}/")

    assert acted_on(page) == []
    assert answer["Content-Type"] == "application/json"
    assert json.loads(answer.content)["journey"]["name"] == " ".join(EVIL.split())


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_refused_is_refused_as_text(full: Full, browser: Client, method: str) -> None:
    answer: Any = getattr(browser, method)(f"/journeys/{full.version.journey_id}/rename/", {"name": EVIL[:50]})

    assert acted_on(answer.content.decode()) == []


def test_a_link_back_never_leaves_the_site(full: Full, browser: Client) -> None:
    referers = ["https://evil.example/", "javascript:alert(1)", "//evil.example/"]

    for referer in referers:
        page = browser.post(f"/journeys/{full.version.journey_id}/delete/", headers={"Referer": referer})
        assert page.status_code == 409
        assert "evil.example" not in page.content.decode()
        assert "javascript:" not in page.content.decode()
