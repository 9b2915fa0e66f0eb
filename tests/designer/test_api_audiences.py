"""Audiences through the interface: made, changed, deleted, and kept while somebody uses them."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer.actions.save_draft import save_draft
from designer.models import AuditEntry, Version
from engine.models import Audience, AudienceRun, Identity, Membership, Namespace, Profile, Sandbox
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


def test_its_evaluations_come_a_page_at_a_time(browser: Client, shop: Sandbox) -> None:
    audience = Audience.objects.create(
        sandbox=shop, name="Paris", kind="rule", rule="true", created_at=NOW, updated_at=NOW
    )
    for number in range(60):
        at = NOW + timedelta(hours=number)
        AudienceRun.objects.create(audience=audience, state="done", started_at=at, finished_at=at, entered=number)

    first = browser.get(f"{PATH}{audience.pk}/runs/").json()
    second = browser.get(f"{PATH}{audience.pk}/runs/", {"cursor": first["next"]}).json()

    entered = [run["entered"] for run in [*first["results"], *second["results"]]]
    assert entered == list(reversed(range(60)))
    assert second["next"] is None


def test_who_is_in_it_is_listed_and_found_by_the_beginning_of_an_identity(browser: Client, shop: Sandbox) -> None:
    audience = Audience.objects.create(
        sandbox=shop, name="Paris", kind="rule", rule="true", created_at=NOW, updated_at=NOW
    )
    for number in (1, 2, 3):
        Profile.objects.create(shard=number, id=number, sandbox=shop, attributes={}, created_at=NOW, updated_at=NOW)
        Identity.objects.create(sandbox=shop, namespace="userId", value=f"p{number}", profile_id=number, created_at=NOW)
        Membership.objects.create(
            shard=number, profile_id=number, audience_id=audience.pk, is_member=number != 2, changed_at=NOW
        )

    everybody = browser.get(f"{PATH}{audience.pk}/members/").json()
    found = browser.get(f"{PATH}{audience.pk}/members/", {"q": "p3"}).json()

    assert [(row["identity"], row["url"]) for row in everybody["results"]] == [
        ("p1", "/profiles/1/"), ("p3", "/profiles/3/"),
    ]  # fmt: skip
    assert [row["profile_id"] for row in found["results"]] == ["3"]


@pytest.mark.usefixtures("committed")
def test_a_rule_and_a_composition_are_estimated_and_nothing_is_kept(browser: Client, shop: Sandbox) -> None:
    for number, city in enumerate(("Paris", "Rome", "Paris"), 1):
        Profile.objects.create(
            shard=number, id=number, sandbox=shop, attributes={"city": city}, created_at=NOW, updated_at=NOW
        )
    make(browser, **PARIS)
    make(browser, name="Everybody", rule="true")
    audiences = list(Audience.objects.order_by("id"))
    Membership.objects.create(shard=1, profile_id=1, audience_id=audiences[0].pk, is_member=True, changed_at=NOW)
    both = {"operator": "intersection", "audiences": ["Paris", "Everybody"]}
    Membership.objects.create(shard=1, profile_id=1, audience_id=audiences[1].pk, is_member=True, changed_at=NOW)

    rule = browser.post(f"{PATH}estimate/", {"rule": PARIS["rule"]}, **JSON)
    composed = browser.post(f"{PATH}estimate/", {"composition": both}, **JSON)
    wrong = browser.post(f"{PATH}estimate/", {"rule": "true and"}, **JSON)
    unknown = browser.post(
        f"{PATH}estimate/", {"composition": {"operator": "union", "audiences": ["Paris", "Nobody"]}}, **JSON
    )

    assert (rule.json()["size"], rule.json()["is_exact"]) == (2, True)
    assert composed.json()["size"] == 1
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert unknown.json()["problems"][0]["code"] == "ERR_UNKNOWN_AUDIENCE"
    assert Audience.objects.count() == 2
