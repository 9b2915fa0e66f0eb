"""Settings: rule sets, made and changed by engineers, and kept while journeys go by them."""

import re
from typing import Any

import pytest
from django.test import Client

from designer.actions.publish import publish
from designer.actions.save_draft import save_draft
from designer.actions.stop import stop
from designer.models import AuditEntry, Version
from engine.models import Identity, RuleSet
from engine.store.catalogue import revision
from tests.cast import Shop, graph, node
from tests.designer.conftest import GRAPH, NOW, logged_in, member

PAGE = "/settings/rule-sets/"
GENTLE = {"name": "Gentle", "description": "For newcomers", "entries_per_day": "2", "journeys_at_once": "1"}


def text_of(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture
def gentle(browser: Client, shop: Any) -> RuleSet:
    browser.post(f"{PAGE}new/", GENTLE)
    return RuleSet.objects.get()


@pytest.fixture
def carrying(draft: Version, gentle: RuleSet, ada: Any) -> Version:
    """A draft without problems that carries the rule set."""
    save_draft(draft, graph=GRAPH, properties={"rule_set": "Gentle"}, revision=draft.revision, by=ada, now=NOW)
    draft.refresh_from_db()
    return draft


def revision_now() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        return revision(cursor)  # type: ignore[arg-type]


def test_a_rule_set_is_made_changed_and_deleted_and_each_is_on_record(browser: Client, shop: Any) -> None:
    empty = browser.get(PAGE)
    made = browser.post(f"{PAGE}new/", GENTLE)
    pk = RuleSet.objects.get().pk
    listed = text_of(browser.get(PAGE))
    asked = browser.get(f"{PAGE}{pk}/")
    browser.post(f"{PAGE}{pk}/", {"name": "Gentle", "entries_per_week": "5"})
    changed = RuleSet.objects.values("description", "entries_per_day", "entries_per_week", "journeys_at_once").get()
    asked_to_delete = browser.get(f"{PAGE}{pk}/delete/")
    browser.post(f"{PAGE}{pk}/delete/")

    assert "No rule sets yet" in text_of(empty)
    assert made.status_code == 302
    assert re.findall(r'class="chip">(\d)<span class="tiny-hide"> (\w+)</span> ([\w ]+)<', listed) == [
        ("2", "entries", "a day"),
        ("1", "journey", "at once"),
    ]
    assert 'value="2"' in text_of(asked)
    assert changed == {
        "description": "", "entries_per_day": None, "entries_per_week": 5, "journeys_at_once": None,
    }  # fmt: skip
    assert "Delete the rule set “Gentle”?" in text_of(asked_to_delete)
    assert not RuleSet.objects.exists()
    record = AuditEntry.objects.order_by("id")
    assert [one.verb for one in record] == ["rule_set.created", "rule_set.changed", "rule_set.deleted"]
    assert record[1].details["before"]["entries_per_day"] == 2
    assert record[1].details["after"]["entries_per_week"] == 5


def test_whatever_changes_is_read_again_by_the_engine(browser: Client, gentle: RuleSet) -> None:
    seen = [revision_now()]
    for path, form in (
        ("new/", {"name": "Other", "entries_per_day": 1}),
        (f"{gentle.pk}/", {**GENTLE, "entries_per_day": 9}),
        (f"{gentle.pk}/delete/", {}),
    ):
        browser.post(PAGE + path, form)
        seen.append(revision_now())

    assert len(set(seen)) == 4


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"entries_per_day": "1"}, "Give it a name"),
        ({"name": "  ", "entries_per_day": "1"}, "Give it a name"),
        ({"name": "x" * 61, "entries_per_day": "1"}, "at most 60"),
        ({"name": "a\0b", "entries_per_day": "1"}, "Null characters"),
        ({"name": "Empty"}, "one rule at least"),
        ({"name": "Zero", "entries_per_day": "0"}, "greater than or equal to 1"),
        ({"name": "Much", "journeys_at_once": "99999999999"}, "less than or equal to 1000000"),
        ({"name": "Word", "entries_per_month": "many"}, "whole number"),
    ],
)
def test_what_cannot_be_kept_is_said(browser: Client, shop: Any, form: dict[str, str], sentence: str) -> None:
    answer = browser.post(f"{PAGE}new/", form)

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not RuleSet.objects.exists()


def test_a_name_is_taken_once_in_a_sandbox(browser: Client, gentle: RuleSet, elsewhere: Any) -> None:
    RuleSet.objects.create(sandbox=elsewhere, name="Mild", entries_per_day=1)
    browser.post(f"{PAGE}new/", {"name": "Mild", "entries_per_day": "1"})

    again = browser.post(f"{PAGE}new/", GENTLE)
    renamed = browser.post(f"{PAGE}{gentle.pk}/", {**GENTLE, "name": "Mild"})

    assert (again.status_code, renamed.status_code) == (422, 422)
    assert "There is a rule set “Gentle” already" in text_of(again)
    assert "There is a rule set “Mild” already" in text_of(renamed)


def test_one_that_a_published_version_carries_stays_and_keeps_its_name(
    browser: Client, gentle: RuleSet, carrying: Version, ada: Any
) -> None:
    in_draft = text_of(browser.get(f"{PAGE}{gentle.pk}/delete/"))
    publish(carrying, by=ada, now=NOW)

    asked = text_of(browser.get(f"{PAGE}{gentle.pk}/delete/"))
    deleted = browser.post(f"{PAGE}{gentle.pk}/delete/")
    renamed = browser.post(f"{PAGE}{gentle.pk}/", {**GENTLE, "name": "Mild"})
    changed = browser.post(f"{PAGE}{gentle.pk}/", {**GENTLE, "entries_per_day": "7"})

    assert "The drafts of “Thank you” name it" in in_draft
    assert "It cannot be deleted while it is carried by “Thank you”." in asked
    assert (deleted.status_code, renamed.status_code, changed.status_code) == (409, 422, 302)
    assert "“Gentle” cannot be deleted while it is carried by “Thank you”." in text_of(deleted)
    assert list(RuleSet.objects.values_list("name", "entries_per_day")) == [("Gentle", 7)]
    assert "Thank you" in text_of(browser.get(PAGE))
    stop(carrying, by=ada, now=NOW)
    assert browser.post(f"{PAGE}{gentle.pk}/delete/").status_code == 302


def test_a_draft_with_a_rule_set_that_is_gone_is_not_published(
    browser: Client, gentle: RuleSet, carrying: Version
) -> None:
    browser.post(f"{PAGE}{gentle.pk}/delete/")

    answer = browser.post(f"/api/versions/{carrying.pk}/publish/")

    assert answer.status_code == 422
    assert [(one["code"], one["field"]) for one in answer.json()["problems"]] == [("ERR_UNKNOWN_RULE_SET", "rule_set")]


def test_a_draft_that_names_nonsense_does_no_harm(browser: Client, draft: Version, ada: Any) -> None:
    save_draft(draft, graph=GRAPH, properties={"rule_set": ["Gentle"]}, revision=draft.revision, by=ada, now=NOW)

    assert browser.get(PAGE).status_code == 200
    assert browser.post(f"/api/versions/{draft.pk}/publish/").status_code == 422


def test_those_to_choose_from_come_with_their_caps(browser: Client, gentle: RuleSet, elsewhere: Any) -> None:
    RuleSet.objects.create(sandbox=elsewhere, name="Mild", entries_per_day=1)

    answer = browser.get("/api/rule-sets/").json()

    assert answer["results"] == [
        {
            "id": str(gentle.pk), "name": "Gentle", "description": "For newcomers", "entries_per_day": 2,
            "entries_per_week": None, "entries_per_month": None, "journeys_at_once": 1,
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 403), ("marketer", 403), ("engineer", 302), ("administrator", 302)]
)
def test_engineers_and_administrators_change_them_and_everybody_sees_them(
    shop: Any, gentle: RuleSet, role: str, status: int
) -> None:
    client = logged_in(member("vera", shop, role))

    seen = text_of(client.get(PAGE))
    answers = [
        client.post(f"{PAGE}new/", {"name": "Mine", "entries_per_day": "1"}),
        client.post(f"{PAGE}{gentle.pk}/", {**GENTLE, "entries_per_day": "5"}),
        client.post(f"{PAGE}{gentle.pk}/delete/"),
    ]

    assert [answer.status_code for answer in answers] == [status] * 3
    assert "Gentle" in seen
    assert ("Delete…" in seen) is (status == 302)


def test_whoever_was_refused_by_a_rule_set_is_told_which_and_the_numbers(committed: None) -> None:
    cast = Shop()
    cast.defines("Visit")
    RuleSet.objects.create(sandbox=cast.sandbox, name="Gentle", entries_per_month=1)
    drawn = graph([node("event-1", event="Visit")])
    cast.publishes(drawn, rule_set="Gentle", reentrance_wait="PT0S")
    client = logged_in(member("ada", cast.sandbox, "viewer"))

    for _ in range(2):
        cast.tracks("Visit", "ana")
        cast.runs()
    cast.close()
    profile = Identity.objects.get(value="ana").profile_id

    for page in ("/stream/discards/", f"/profiles/{profile}/"):
        assert "Rule set “Gentle”: 1 of 1 entries per month" in text_of(client.get(page))
