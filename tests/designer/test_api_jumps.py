"""Which journeys a jump may lead into, and who is led into this one."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer.actions.create_journey import create_journey
from designer.actions.publish import publish
from designer.actions.save_draft import save_draft
from designer.models import Version
from engine.models import EventDefinition, Sandbox
from tests.cast import graph, node
from tests.designer.conftest import NOW, ORDER


@pytest.fixture
def care(shop: Sandbox, ada: User) -> Version:
    """A live journey that begins with CareAsked, whose `total` and `order_id` are known."""
    rule = '@event{CareAsked.event} == "Care Asked"'
    EventDefinition.objects.create(sandbox=shop, name="CareAsked", rule=rule, schema=ORDER, namespace="userId")
    return drawn(shop, ada, "Care", graph([node("event-1", event="CareAsked")]), live=True)


def drawn(shop: Sandbox, by: User, name: str, flow: dict[str, Any], *, live: bool) -> Version:
    version = create_journey(sandbox=shop, name=name, by=by, now=NOW)
    save_draft(version, graph=flow, revision=version.revision, by=by, now=NOW)
    version.refresh_from_db()
    return publish(version, by=by, now=NOW) if live else version


def jumping(to: Version) -> dict[str, Any]:
    return graph(
        [node("event-1", event="OrderPlaced"), node("jump-1", journey=to.journey_id, event="CareAsked")],
        "event-1 > jump-1",
    )


def test_the_journeys_to_jump_into_are_listed_with_what_they_begin_with(
    browser: Client, care: Version, draft: Version
) -> None:
    found = browser.get(f"/api/versions/{draft.pk}/jump-targets/").json()["results"]

    assert found == [
        {
            "id": str(care.journey_id),
            "name": "Care",
            "event": "CareAsked",
            "why_not": "",
            "url": f"/journeys/{care.journey_id}/versions/{care.pk}/",
            "fields": [
                {"name": "properties.total", "type": "decimal"},
                {"name": "properties.order_id", "type": "string"},
            ],
        }
    ]


def test_one_that_would_lead_back_says_so_and_the_other_says_who_leads_there(
    browser: Client, shop: Sandbox, ada: User, care: Version
) -> None:
    drawn(shop, ada, "Buying", jumping(care), live=True)

    [buying] = browser.get(f"/api/versions/{care.pk}/jump-targets/").json()["results"]
    assert buying["why_not"] == "Buying jumps back into this journey."
    assert browser.get(f"/api/versions/{care.pk}/").json()["jumped_from"] == ["Buying"]


def test_a_draft_that_jumps_nowhere_has_a_problem_at_its_step(
    browser: Client, shop: Sandbox, ada: User, care: Version, draft: Version
) -> None:
    flow = jumping(draft)  # a draft: nobody could enter it

    version = drawn(shop, ada, "Buying", flow, live=False)

    problems = browser.get(f"/api/versions/{version.pk}/").json()["problems"]
    assert [(one["code"], one["node"], one["field"]) for one in problems] == [("ERR_JUMP_TARGET", "jump-1", "journey")]


def test_nothing_of_it_is_there_for_another_sandbox(stranger: Client, care: Version) -> None:
    assert stranger.get(f"/api/versions/{care.pk}/jump-targets/").status_code == 404
