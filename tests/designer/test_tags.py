"""Tags: words by which journeys are found."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer.actions.create_journey import create_journey
from designer.actions.duplicate import duplicate
from designer.actions.set_tags import set_tags
from designer.errors import BadTags, NotAllowed
from designer.models import AuditEntry, Journey, Role, Tag, Version
from engine.models import Sandbox
from tests.designer.conftest import NOW, member


def tags(journey: Journey) -> list[str]:
    return [tag.name for tag in journey.tags.all()]


def test_tags_are_made_when_they_are_used_and_differ_by_more_than_case(live: Version, shop: Sandbox, ada: User) -> None:
    other = create_journey(sandbox=shop, name="Another", by=ada, now=NOW).journey
    set_tags(live.journey, ["Spring sale", " vip ", "VIP", ""], by=ada, now=NOW)
    set_tags(other, ["spring  SALE"], by=ada, now=NOW)

    assert [name.lower() for name in tags(live.journey)] == ["spring sale", "vip"]
    assert tags(other) == ["Spring sale"]
    assert AuditEntry.objects.filter(verb="journey.tagged").count() == 2


def test_a_tag_that_nothing_has_any_more_is_gone(live: Version, ada: User) -> None:
    set_tags(live.journey, ["old"], by=ada, now=NOW)
    set_tags(live.journey, [], by=ada, now=NOW)

    assert not Tag.objects.exists()


def test_a_copy_has_the_same_tags(live: Version, ada: User) -> None:
    set_tags(live.journey, ["a", "b"], by=ada, now=NOW)

    assert tags(duplicate(live, by=ada, now=NOW).journey) == ["a", "b"]


@pytest.mark.parametrize("names", [["x" * 51], [str(number) for number in range(21)]])
def test_too_many_or_too_long_and_nothing_changes(live: Version, ada: User, names: list[str]) -> None:
    set_tags(live.journey, ["kept"], by=ada, now=NOW)

    with pytest.raises(BadTags):
        set_tags(live.journey, names, by=ada, now=NOW)

    assert tags(live.journey) == ["kept"]


def test_a_viewer_does_not_tag(live: Version, shop: Sandbox) -> None:
    with pytest.raises(NotAllowed):
        set_tags(live.journey, ["a"], by=member("vera", shop, Role.VIEWER), now=NOW)


def test_the_list_is_filtered_by_a_tag_and_the_dialog_changes_them(
    browser: Client, live: Version, draft: Version
) -> None:
    address = f"/journeys/{live.journey_id}/rename/"
    browser.post(address, {"name": live.journey.name, "tags": "Spring sale, <b>"})

    page = browser.get("/journeys/?tag=Spring sale").content.decode()
    assert live.journey.name in page
    assert "&lt;b&gt;" in page
    assert "No journey looks like that" not in page
    assert "Spring sale" in browser.get(address).content.decode()
    refused = browser.post(address, {"name": "Other", "tags": "x" * 60})
    assert refused.status_code == 422
    assert "too long" in refused.content.decode()
    live.journey.refresh_from_db()
    assert live.journey.name != "Other"


def tagged(browser: Client, journey: Journey, **given: object) -> Any:
    return browser.patch(f"/api/journeys/{journey.pk}/", given, content_type="application/json")


def test_tags_are_set_over_the_interface_and_offered_to_others(
    browser: Client, stranger: Client, live: Version
) -> None:
    answer = tagged(browser, live.journey, tags=["vip", "Spring sale"])

    assert answer.status_code == 200
    assert answer.json()["tags"] == ["Spring sale", "vip"]
    assert browser.get(f"/api/versions/{live.pk}/").json()["journey"]["tags"] == ["Spring sale", "vip"]
    assert browser.get("/api/tags/").json() == {"results": ["Spring sale", "vip"]}
    assert stranger.get("/api/tags/").json() == {"results": []}
    assert tagged(browser, live.journey, description="After an order.").json()["tags"] == ["Spring sale", "vip"]


def test_a_tag_that_is_refused_takes_the_new_name_with_it(browser: Client, live: Version) -> None:
    name = live.journey.name

    answer = tagged(browser, live.journey, name="Other", tags=["x" * 60])

    assert answer.status_code == 400
    assert answer.json()["code"] == "journey.bad_tags"
    live.journey.refresh_from_db()
    assert live.journey.name == name
