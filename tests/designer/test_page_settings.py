"""Settings: write keys that are shown once, namespaces, and who belongs to the sandbox."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer.models import AuditEntry, Membership
from engine.models import Namespace, WriteKey
from engine.models.write_key import digest_of
from tests.cast import Shop
from tests.designer.conftest import logged_in, member


def text_of(answer: Any) -> str:
    return answer.content.decode()


# Write keys


def test_a_key_is_shown_once_and_opens_the_door_until_it_is_revoked(committed: None) -> None:
    shop = Shop()
    client = logged_in(member("ada", shop.sandbox, "administrator"))

    made = client.post("/settings/", {"name": "Web shop"})
    key = re.search(r'id="made-key" value="(\w{32})"', text_of(made)).group(1)  # type: ignore[union-attr]
    later = client.get("/settings/")
    opened = shop.post("/v1/track", {"userId": "ana", "event": "Looked"}, key=key)
    client.post(f"/settings/keys/{WriteKey.objects.get(digest=digest_of(key)).pk}/revoke/")
    refused = shop.post("/v1/track", {"userId": "ana", "event": "Looked"}, key=key)
    shop.close()

    assert made["Cache-Control"] == "no-store"
    assert text_of(made).count(key) == 4  # to copy, and in three snippets
    assert key not in text_of(later)
    assert key[-4:] in text_of(later)
    assert (opened.status, refused.status) == (200, 401)
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "write_key.made",
        "write_key.revoked",
    ]
    assert key not in str(list(AuditEntry.objects.values()))


def test_revoking_asks_first_and_happens_once(browser: Client, shop: Any) -> None:
    browser.post("/settings/", {"name": "Web shop"})
    key = WriteKey.objects.get()

    asked = browser.get(f"/settings/keys/{key.pk}/revoke/")
    browser.post(f"/settings/keys/{key.pk}/revoke/")
    browser.post(f"/settings/keys/{key.pk}/revoke/")

    assert key.last_four in text_of(asked)
    assert AuditEntry.objects.filter(verb="write_key.revoked").count() == 1
    assert "Revoked" in text_of(browser.get("/settings/"))


@pytest.mark.parametrize("name", ["", "x" * 81, "a\0b", "   "])
def test_a_key_needs_a_name_that_can_be_kept(browser: Client, name: str) -> None:
    answer = browser.post("/settings/", {"name": name})

    assert answer.status_code == 422
    assert not WriteKey.objects.exists()


# Namespaces


def test_a_namespace_is_added_once(browser: Client, shop: Any) -> None:
    form = {"code": "LoyaltyId", "title": "Loyalty card", "is_people_based": "1"}

    first, second = browser.post("/settings/namespaces/", form), browser.post("/settings/namespaces/", form)
    browser.post("/settings/namespaces/", {"code": "DeviceId"})

    assert (first.status_code, second.status_code) == (302, 422)
    assert "There is a namespace LoyaltyId already" in text_of(second)
    made = Namespace.objects.order_by("code").values_list("sandbox", "code", "title", "is_people_based")
    assert list(made) == [(shop.pk, "DeviceId", "DeviceId", False), (shop.pk, "LoyaltyId", "Loyalty card", True)]
    assert "Loyalty card" in text_of(browser.get("/settings/namespaces/"))


@pytest.mark.parametrize("code", ["", "loyalty id", "1st", "x" * 61, "a\0b", "ü", "a:b"])
def test_a_code_that_cannot_be_one_is_refused(browser: Client, code: str) -> None:
    answer = browser.post("/settings/namespaces/", {"code": code, "title": "x"})

    assert answer.status_code == 422
    assert not Namespace.objects.exists()


# Members


def test_a_user_is_added_changed_and_removed(browser: Client, shop: Any) -> None:
    User.objects.create_user("tom")

    browser.post("/settings/members/", {"username": "tom", "role": "viewer"})
    tom = Membership.objects.get(user__username="tom")
    browser.post(f"/settings/members/{tom.pk}/role/", {"role": "engineer"})
    tom.refresh_from_db()
    role = tom.role
    asked = browser.get(f"/settings/members/{tom.pk}/remove/")
    browser.post(f"/settings/members/{tom.pk}/remove/")

    assert role == "engineer"
    assert "Remove tom?" in text_of(asked)
    assert not Membership.objects.filter(user__username="tom").exists()
    verbs = AuditEntry.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["member.added", "member.changed", "member.removed"]


def test_who_may_make_users_is_led_there_and_others_are_told_who_does(browser: Client, shop: Any) -> None:
    root = logged_in(User.objects.create_superuser("root"))

    assert 'href="/admin/auth/user/add/"' in text_of(root.get("/settings/members/"))
    assert "Users are made by the person who runs this server" in text_of(browser.get("/settings/members/"))


def test_the_only_administrator_stays_one(browser: Client, shop: Any, ada: User) -> None:
    mine = Membership.objects.get(user=ada)

    demoted = browser.post(f"/settings/members/{mine.pk}/role/", {"role": "viewer"})
    removed = browser.post(f"/settings/members/{mine.pk}/remove/")

    assert (demoted.status_code, removed.status_code) == (409, 409)
    assert "only administrator" in text_of(removed)
    mine.refresh_from_db()
    assert mine.role == "administrator"


def test_of_two_administrators_one_may_go(browser: Client, shop: Any, ada: User) -> None:
    member("grace", shop, "administrator")

    answer = browser.post(f"/settings/members/{Membership.objects.get(user=ada).pk}/remove/")

    assert answer.status_code == 302
    assert browser.get("/settings/members/").status_code == 403  # ada belongs to no sandbox any more


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"username": "nobody", "role": "viewer"}, "There is no user called “nobody”"),
        ({"username": "ada", "role": "viewer"}, "ada is a member already"),
        ({"username": "", "role": "viewer"}, "Give the user"),
        ({"username": "ada", "role": "emperor"}, "not one of the available choices"),
        ({"username": "a\0b", "role": "viewer"}, "Null characters"),
        ({"username": "x" * 151, "role": "viewer"}, "at most 150"),
    ],
)
def test_who_cannot_be_added_is_said(browser: Client, form: dict[str, str], sentence: str) -> None:
    answer = browser.post("/settings/members/", form)

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert Membership.objects.count() == 1


def test_a_role_that_there_is_not_changes_nothing(browser: Client, shop: Any) -> None:
    grace = Membership.objects.get(user=member("grace", shop, "viewer"))

    browser.post(f"/settings/members/{grace.pk}/role/", {"role": "emperor"})

    grace.refresh_from_db()
    assert grace.role == "viewer"


# Who may


@pytest.mark.parametrize(
    ("role", "keys", "namespaces", "members"),
    [
        ("viewer", 403, 403, 403),
        ("marketer", 403, 403, 403),
        ("engineer", 200, 302, 403),
        ("administrator", 200, 302, 302),
    ],
)
def test_each_role_changes_what_is_its_own(shop: Any, role: str, keys: int, namespaces: int, members: int) -> None:
    client = logged_in(member("vera", shop, role))
    User.objects.create_user("tom")
    grace = Membership.objects.get(user=member("grace", shop, "viewer"))
    key = WriteKey.objects.create(sandbox=shop, name="old", digest="d", last_four="abcd")

    assert client.post("/settings/", {"name": "Mine"}).status_code == keys
    assert client.post(f"/settings/keys/{key.pk}/revoke/").status_code == (302 if keys == 200 else 403)
    assert client.post("/settings/namespaces/", {"code": "Mine"}).status_code == namespaces
    assert client.post("/settings/members/", {"username": "tom", "role": "viewer"}).status_code == members
    assert client.post(f"/settings/members/{grace.pk}/role/", {"role": "engineer"}).status_code == members
    assert client.post(f"/settings/members/{grace.pk}/remove/").status_code == members
    for path in ("", "namespaces/", "members/"):
        assert ('<form class="inline-form"' in text_of(client.get(f"/settings/{path}"))) is (
            {"": keys, "namespaces/": namespaces, "members/": members}[path] != 403
        )


def test_nothing_of_it_is_there_for_another_sandbox(stranger: Client, shop: Any, ada: User) -> None:
    key = WriteKey.objects.create(sandbox=shop, name="Till 7", digest="d", last_four="abcd")
    Namespace.objects.create(sandbox=shop, code="TillId", title="Till")
    mine = Membership.objects.get(user=ada)

    assert stranger.post(f"/settings/keys/{key.pk}/revoke/").status_code == 404
    assert stranger.post(f"/settings/members/{mine.pk}/role/", {"role": "viewer"}).status_code == 404
    assert stranger.post(f"/settings/members/{mine.pk}/remove/").status_code == 404
    for path, shown in (("", "Till 7"), ("namespaces/", "TillId"), ("members/", '<span class="strong">ada<')):
        assert shown not in text_of(stranger.get(f"/settings/{path}"))
    key.refresh_from_db()
    assert key.revoked_at is None


def test_what_is_not_there_is_not_found(browser: Client) -> None:
    for path in ("keys/0/revoke/", f"keys/{'9' * 30}/revoke/", "members/999999999999999999/remove/"):
        assert browser.post(f"/settings/{path}").status_code == 404
    assert browser.get("/settings/members/1/role/").status_code == 405
