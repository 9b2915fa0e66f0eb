"""From an empty installation to a sandbox to work in."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer.models import AuditEntry
from engine.models import Namespace, Sandbox
from engine.models.namespace import STANDARD
from tests.designer.conftest import logged_in


@pytest.fixture
def root(db: None) -> Client:
    return logged_in(User.objects.create_superuser("root"))


def text_of(answer: Any) -> str:
    return answer.content.decode()


def test_who_runs_an_empty_server_makes_the_first_sandbox_and_a_journey_in_it(root: Client) -> None:
    empty = root.get("/journeys/")
    asked = root.get("/sandboxes/new/")
    made = root.post("/sandboxes/new/", {"title": "Corner Shop", "kind": "production"}, follow=True)
    journey = root.post("/journeys/new/", {"name": "Welcome"})

    assert empty.status_code == 403
    assert 'href="/sandboxes/new/"' in text_of(empty)
    assert 'name="title"' in text_of(asked)
    assert "“Corner Shop” is made" in text_of(made)
    assert "No journeys yet" in text_of(made)
    sandbox = Sandbox.objects.get()
    assert (sandbox.name, sandbox.title, sandbox.kind) == ("corner-shop", "Corner Shop", "production")
    assert set(Namespace.objects.filter(sandbox=sandbox).values_list("code", flat=True)) == set(STANDARD)
    assert AuditEntry.objects.filter(verb="sandbox.created", sandbox_id=sandbox.pk, by="root").count() == 1
    assert journey.status_code == 302
    assert sandbox.journeys.get().name == "Welcome"


def test_the_next_one_is_entered_at_once_and_named_apart(root: Client) -> None:
    for title in ("Shop!", "Shop?", "商店", "お店"):
        root.post("/sandboxes/new/", {"title": title, "kind": "development"})

    assert list(Sandbox.objects.order_by("id").values_list("name", flat=True)) == [
        "shop", "shop-2", "sandbox", "sandbox-2",
    ]  # fmt: skip
    assert 'title="Sandbox: お店"' in text_of(root.get("/journeys/"))


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"title": "", "kind": "production"}, "Give it a name."),
        ({"title": " sHOP ", "kind": "production"}, "There is a sandbox called “sHOP” already."),
        ({"title": "x" * 121, "kind": "production"}, "at most 120 characters"),
        ({"title": "a\0b", "kind": "production"}, "Null characters are not allowed"),
        ({"title": "Other", "kind": "holy"}, "not one of the available choices"),
        ({}, "Give it a name."),
    ],
)
def test_what_cannot_be_one_is_said_beside_it(root: Client, form: dict[str, str], sentence: str) -> None:
    Sandbox.objects.create(name="shop", title="Shop")

    answer = root.post("/sandboxes/new/", form)

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert Sandbox.objects.count() == 1


def test_nobody_else_makes_sandboxes(browser: Client, shop: Any) -> None:
    for answer in (
        browser.get("/sandboxes/new/"),
        browser.post("/sandboxes/new/", {"title": "Mine", "kind": "production"}),
    ):
        assert answer.status_code == 403
        assert "the person who runs this server" in text_of(answer)

    assert Sandbox.objects.count() == 1
    assert "/sandboxes/new/" not in text_of(browser.get("/journeys/"))
