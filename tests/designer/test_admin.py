"""Django's admin: every page of every model opens, with rows and with searches; what must not be edited cannot be."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.test import Client

from designer.models import Journey, Membership
from engine import clock
from engine.models import (
    CaughtMail,
    Delivery,
    Discard,
    Event,
    Instance,
    Namespace,
    Profile,
    RejectedEvent,
    Sandbox,
    StepEvent,
    WriteKey,
)
from tests.cast import Shop, graph, node

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def boss(committed):
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    return client


@pytest.fixture
def busy_shop(boss):
    """A row in nearly every table, made the way the product makes them."""
    shop = Shop()
    shop.defines("Signup")
    shop.publishes(
        graph(
            [
                node("event-1", event="Signup"),
                node("email-1", subject="Hello", html="<p>Hi</p>"),
                node("wait-1", duration="P1D"),
            ],
            "event-1 > email-1",
            "email-1 > wait-1",
        )
    )
    shop.identifies("ana", email="ana@example.org")
    shop.tracks("Signup", "ana")
    shop.tracks("Signup", "ana")
    shop.post("/v1/batch", {"batch": [{"type": "track"}]})
    shop.runs()
    CaughtMail.objects.create(received_at=clock.now(), message_id="<1@example.org>", recipient="ana@example.org")
    yield shop
    shop.close()


def address(model, page="changelist", *args):
    from django.urls import reverse

    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_list_opens_and_can_be_searched(boss, busy_shop, model):
    for search in ("", "1", "ana", "'; DROP TABLE", "9" * 40, "\x00"):
        assert boss.get(address(model), {"q": search} if search else {}).status_code == 200, search


def test_steps_are_found_person_by_person(boss, busy_shop):
    ana = Profile.objects.get()

    hers = boss.get(address(StepEvent), {"q": str(ana.pk)})
    somebody_elses = boss.get(address(StepEvent), {"q": str(ana.pk + 1)})

    counts = [answer.context["cl"].result_count for answer in (hers, somebody_elses)]
    assert counts == [StepEvent.objects.count(), 0]
    assert counts[0] > 0


@pytest.mark.parametrize("model", [Delivery, Discard, Event, Instance, Profile, StepEvent], ids=lambda it: it.__name__)
def test_of_a_large_table_no_page_reads_more_than_is_searched_for(
    boss, busy_shop, model, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr("engine.admin.COUNTED_EXACTLY", 0)
    table = model._meta.db_table

    with django_assert_max_num_queries(40) as asked:
        unasked = boss.get(address(model))
        filtered = boss.get(address(model), {"state": "active", "code": "no_namespace"}, follow=True)

    assert f"There are more than 0 {model._meta.verbose_name_plural}. Search by " in unasked.content.decode()
    assert not any(answer.context["cl"].result_list for answer in (unasked, filtered))
    reads = [query["sql"] for query in asked.captured_queries if f'FROM "{table}"' in query["sql"]]
    assert reads
    assert all("LIMIT 1" in read and "ORDER BY" not in read and "DISTINCT" not in read for read in reads), reads


def test_a_row_can_be_read_and_not_written(boss, busy_shop):
    for model in (Profile, Instance, Event, RejectedEvent, WriteKey, CaughtMail):
        row = model.objects.first()

        shown = boss.get(address(model, "change", row.pk))
        written = boss.post(address(model, "change", row.pk), {})
        deleted = boss.post(address(model, "delete", row.pk), {"post": "yes"})

        assert shown.status_code == 200
        assert (written.status_code, deleted.status_code) == (403, 403)


def test_a_new_sandbox_has_the_standard_namespaces(boss):
    answer = boss.post(address(Sandbox, "add"), {
        "name": "emea", "title": "EMEA", "kind": "production",
        "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0,
    })  # fmt: skip

    assert answer.status_code == 302
    assert {"userId", "Email"} <= set(Namespace.objects.filter(sandbox__name="emea").values_list("code", flat=True))


def test_a_write_key_is_revoked_from_the_list(boss, busy_shop):
    key = WriteKey.objects.get()

    boss.post(address(WriteKey), {"action": "revoke", "_selected_action": [key.pk]})

    key.refresh_from_db()
    assert key.revoked_at is not None
    assert "digest" not in boss.get(address(WriteKey, "change", key.pk)).content.decode()


def test_who_may_only_look_at_keys_revokes_none(busy_shop):
    guard = User.objects.create_user("guard", is_staff=True)
    guard.user_permissions.add(Permission.objects.get(codename="view_writekey"))
    client = Client()
    client.force_login(guard)
    key = WriteKey.objects.get()

    shown = client.get(address(WriteKey))
    client.post(address(WriteKey), {"action": "revoke", "_selected_action": [key.pk]})

    key.refresh_from_db()
    assert shown.status_code == 200
    assert key.revoked_at is None


def test_membership_is_given_in_the_admin(boss, busy_shop):
    user = User.objects.create_user("ada")

    boss.post(address(Membership, "add"), {"user": user.pk, "sandbox": busy_shop.sandbox.pk, "role": "marketer"})

    assert Membership.objects.get().role == "marketer"


def test_a_journey_is_not_deleted_behind_the_designers_back(boss):
    assert Journey in admin.site._registry
    assert boss.get(address(Journey, "add")).status_code == 403
