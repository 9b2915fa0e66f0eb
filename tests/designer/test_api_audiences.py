"""Audiences through the interface: made, changed, deleted, and kept while somebody uses them."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer.actions.save_draft import save_draft
from designer.models import AuditEntry, Version
from engine.models import Audience, Namespace, Sandbox
from tests.designer.conftest import GRAPH, NOW, logged_in, member

PATH = "/api/audiences/"
PARIS = {"name": "Paris", "rule": '#{Profile.attributes.city} == "Paris"'}
JSON: dict[str, Any] = {"content_type": "application/json"}


def make(browser: Client, **given: Any) -> str:
    answer = browser.post(PATH, given, **JSON)
    assert answer.status_code == 201, answer.json()
    made: str = answer.json()["id"]
    return made


def test_one_is_made_read_changed_and_deleted_and_each_is_on_record(browser: Client, shop: Sandbox) -> None:
    pk = make(browser, **PARIS, evaluation="streaming", description="Who lives there")
    listed = browser.get(PATH).json()["results"]
    changed = browser.patch(f"{PATH}{pk}/", {"evaluation": "batch", "every": "1 00:00:00"}, **JSON)
    deleted = browser.delete(f"{PATH}{pk}/")

    assert listed == [
        {"id": pk, "name": "Paris", "kind": "rule", "evaluation": "streaming", "size": 0, "evaluated_at": None}
    ]
    assert (changed.json()["every"], changed.json()["rule"]) == ("1 00:00:00", PARIS["rule"])
    assert deleted.status_code == 204
    assert not Audience.objects.exists()
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["audience.created", "audience.changed", "audience.deleted"]


def test_a_composition_has_the_rule_of_its_parts_and_holds_them(browser: Client, shop: Sandbox) -> None:
    first = make(browser, **PARIS)
    make(browser, name="Young", rule="#{Profile.attributes.young} == true")
    both = {"operator": "exclusion", "audiences": ["Paris", "Young"]}
    make(browser, name="Not young", kind="composition", composition=both)

    deleted, renamed = browser.delete(f"{PATH}{first}/"), browser.patch(f"{PATH}{first}/", {"name": "City"}, **JSON)

    assert Audience.objects.get(name="Not young").rule == 'inAudience("Paris") and not inAudience("Young")'
    assert browser.get(f"{PATH}{first}/").json()["used_by"]["audiences"] == ["Not young"]
    assert (deleted.status_code, renamed.status_code) == (409, 409)
    assert "“Not young”" in deleted.json()["message"]
    assert Audience.objects.filter(name="Paris").exists()


def test_a_draft_that_names_one_is_listed_and_holds_nothing(
    browser: Client, shop: Sandbox, ada: User, draft: Version
) -> None:
    pk = make(browser, **PARIS)
    condition = {"id": "condition-1", "type": "condition", "label": "", "description": "", "position": {"x": 0, "y": 9},
                 "settings": {"paths": [{"id": "a", "label": "A", "condition": 'inAudience("Paris")'}]}}  # fmt: skip
    drawn = {**GRAPH, "nodes": [*GRAPH["nodes"], condition]}
    save_draft(draft, graph=drawn, revision=draft.revision, by=ada, now=NOW)

    shown = browser.get(f"{PATH}{pk}/").json()["used_by"]

    assert shown == {"published": [], "drafts": ["Thank you"], "audiences": []}
    assert browser.delete(f"{PATH}{pk}/").status_code == 204


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "A", "rule": ""}, "rule"),
        ({"name": "A", "rule": "#{Profile.attributes.city} =="}, "rule"),
        ({"name": "A", "rule": 'inAudience("Nobody")'}, "rule"),
        ({"name": "A", "rule": 'inAudience("A")'}, "rule"),
        ({"name": "A\nB", "rule": "true"}, "name"),
        ({"name": "A", "rule": "true", "every": "00:00:10"}, "every"),
        ({"name": "A", "kind": "composition"}, "composition"),
        ({"name": "A", "kind": "composition", "composition": {"operator": "union", "audiences": ["B", "B"]}},
         "composition"),
        ({"name": "A", "kind": "composition", "composition": {"operator": "union", "audiences": ["B", "C"]}},
         "composition"),
        ({"name": "A", "kind": "upload", "namespace": "Nothing"}, "namespace"),
        ({"name": "A", "kind": "upload", "namespace": "Email", "columns": ["a", "a"]}, "columns"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_said_with_its_field(
    browser: Client, shop: Sandbox, given: dict[str, Any], field: str
) -> None:
    Namespace.objects.get_or_create(sandbox=shop, code="Email", defaults={"title": "E-mail", "is_people_based": True})

    answer = browser.post(PATH, given, **JSON)

    assert answer.status_code == 422
    assert field in {problem["field"] for problem in answer.json()["problems"]}
    assert not Audience.objects.exists()


def test_a_name_is_taken_once_in_a_sandbox(browser: Client, shop: Sandbox) -> None:
    make(browser, **PARIS)

    answer = browser.post(PATH, PARIS, **JSON)

    assert answer.status_code == 422
    assert Audience.objects.count() == 1


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("marketer", 201), ("engineer", 201)])
def test_everybody_sees_them_and_editors_make_them(shop: Sandbox, role: str, status: int) -> None:
    client = logged_in(member("vera", shop, role))

    made = client.post(PATH, PARIS, **JSON)

    assert client.get(PATH).status_code == 200
    assert made.status_code == status


def test_one_is_evaluated_when_asked_for_and_a_list_is_not(browser: Client, shop: Sandbox) -> None:
    Namespace.objects.get_or_create(sandbox=shop, code="Email", defaults={"title": "E-mail", "is_people_based": True})
    ruled, listed = make(browser, **PARIS), make(browser, name="List", kind="upload", namespace="Email")
    Audience.objects.update(next_at=None)

    answer, refused = browser.post(f"{PATH}{ruled}/evaluate/"), browser.post(f"{PATH}{listed}/evaluate/")

    assert (answer.status_code, refused.status_code) == (202, 422)
    assert Audience.objects.get(pk=ruled).next_at is not None
    assert AuditEntry.objects.filter(verb="audience.evaluated").count() == 1
