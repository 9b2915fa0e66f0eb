"""Pausing and resuming as a person does it: how, for how long, by whom, and what happens by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer import tasks
from designer.actions import release
from designer.actions.create_journey import create_journey
from designer.actions.finish_due import finish_due
from designer.actions.new_version import new_version
from designer.actions.pause import pause
from designer.actions.resume import resume, resume_due
from designer.models import AuditEntry, Role, Version
from engine.models import Definition, Instance, Sandbox
from tests.designer.conftest import NOW, logged_in, member


def test_a_pause_says_how_for_how_long_and_by_whom(browser: Client, live: Version, ada: User) -> None:
    answer = browser.post(
        f"/api/versions/{live.pk}/pause/", {"mode": "discard", "days": 3}, content_type="application/json"
    )

    assert answer.status_code == 200
    live.refresh_from_db()
    assert (live.status, live.pause_mode, live.paused_by) == ("paused", "discard", ada)
    assert live.paused_at is not None
    assert live.resumes_at == live.paused_at + timedelta(days=3)
    assert Definition.objects.get().pause_mode == "discard"
    assert AuditEntry.objects.get(verb="version.paused").details["days"] == 3


@pytest.mark.parametrize("given", [{"days": 0}, {"days": 15}, {"days": "long"}, {"mode": "freeze"}])
def test_a_pause_that_cannot_be_is_refused_and_nothing_happens(
    browser: Client, live: Version, given: dict[str, object]
) -> None:
    answer = browser.post(f"/api/versions/{live.pk}/pause/", given, content_type="application/json")

    assert answer.status_code == 400
    live.refresh_from_db()
    assert live.status == "live"


def test_a_pause_ends_by_itself(live: Version, ada: User) -> None:
    pause(live, by=ada, now=NOW, days=2)

    assert resume_due(now=NOW + timedelta(days=2, seconds=-1)) == 0
    assert resume_due(now=NOW + timedelta(days=2)) == 1

    live.refresh_from_db()
    assert (live.status, live.pause_mode, live.resumes_at, live.resumed_by) == ("live", "", None, None)
    assert AuditEntry.objects.get(verb="version.resumed").by == "JourneyOpt"


def test_who_is_held_is_released_a_part_at_a_time_and_only_then_the_version_is_live(
    live: Version, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "A_SECOND", 2)
    pause(live, by=ada, now=NOW)
    for number in range(5):
        held(live, number)

    resume(live, by=ada, now=NOW)
    assert live.status == "resuming"
    tasks.resume_versions()

    live.refresh_from_db()
    assert live.status == Definition.objects.get().status == "live"


def held(version: Version, number: int) -> None:
    Instance.objects.create(
        id=640 + number, shard=number, sandbox_id=version.journey.sandbox_id, profile_id=64 + number,
        journey_id=version.journey_id, version_id=version.pk, key=str(number), supplemental_key="", state="held",
        node="email-1", visit=2, wake_at=NOW + timedelta(days=91), entered_at=NOW, moved_at=NOW,
        expires_at=NOW + timedelta(days=91), context={},
    )  # fmt: skip


def test_the_next_version_waits_until_the_pause_is_over(browser: Client, live: Version, ada: User) -> None:
    following = new_version(live, by=ada, now=NOW)
    pause(live, by=ada, now=NOW)

    refused = browser.post(f"/api/versions/{following.pk}/publish/", {}, content_type="application/json")
    assert refused.status_code == 409
    assert "paused" in refused.json()["message"]

    resume(live, by=ada, now=NOW)
    assert (
        browser.post(f"/api/versions/{following.pk}/publish/", {}, content_type="application/json").status_code == 200
    )


@pytest.mark.parametrize("status", ["live", "paused", "resuming", "closed"])
def test_a_version_is_finished_at_its_end_date(
    ready: Version, in_status: Callable[[str], Version], status: str
) -> None:
    ready.properties = {"ends_at": (NOW + timedelta(days=1)).isoformat()}
    ready.save()
    version = in_status(status)

    assert finish_due(now=NOW + timedelta(hours=23)) == 0
    assert finish_due(now=NOW + timedelta(days=1)) == 1

    version.refresh_from_db()
    assert version.status == Definition.objects.get().status == "finished"


def test_a_draft_with_an_end_date_that_is_none_keeps_nothing_from_being_finished(
    draft: Version, live: Version, ada: User
) -> None:
    create_journey(sandbox=live.journey.sandbox, name="Unfinished", by=ada, now=NOW)
    Version.objects.filter(journey__name="Unfinished").update(properties={"ends_at": "some day"})

    assert finish_due(now=NOW + timedelta(days=365)) == 0


def test_the_dialog_asks_how_and_for_how_long(browser: Client, live: Version) -> None:
    address = f"/journeys/{live.journey_id}/versions/{live.pk}/pause/"
    assert "Hold" in browser.get(address).content.decode()

    assert browser.post(address, {"mode": "hold", "days": "99"}).status_code == 422
    browser.post(address, {"mode": "hold", "days": "7"})

    live.refresh_from_db()
    assert live.status == "paused"


def test_who_leaves_by_an_attribute_is_said_while_the_version_is_paused(
    browser: Client, live: Version, ada: User
) -> None:
    address = f"/journeys/{live.journey_id}/versions/{live.pk}/exit/"
    gold = {"label": "Gold", "condition": '#{Profile.attributes.tier} == "gold"'}
    assert "only be set while the version is paused" in browser.get(address).content.decode()
    assert browser.post(address, gold).status_code == 422
    pause(live, by=ada, now=NOW)

    wrong = browser.post(address, {"condition": "upper(1) and\n nope()"})
    assert wrong.status_code == 422
    assert "Line 2, column 2: There is no function `nope`." in wrong.content.decode()
    assert Definition.objects.get().attribute_exit == {}

    browser.post(address, gold)
    assert Definition.objects.get().attribute_exit == gold
    assert AuditEntry.objects.get(verb="version.attribute_exit").details["label"] == "Gold"

    browser.put(f"/api/versions/{live.pk}/attribute-exit/", {"condition": ""}, content_type="application/json")
    assert Definition.objects.get().attribute_exit == {}


def test_the_canvas_hears_who_leaves_by_an_attribute_and_whether_that_may_change(
    browser: Client, live: Version, ada: User, shop: Sandbox
) -> None:
    def heard(client: Client = browser) -> tuple[object, bool]:
        body = client.get(f"/api/versions/{live.pk}/").json()
        return body["attribute_exit"], body["permissions"]["attribute_exit"]

    assert heard() == (None, False)
    pause(live, by=ada, now=NOW)
    assert heard() == (None, True)

    gold = {"label": "Gold", "condition": '#{Profile.attributes.tier} == "gold"'}
    browser.put(f"/api/versions/{live.pk}/attribute-exit/", gold, content_type="application/json")

    assert heard() == (gold, True)
    assert heard(logged_in(member("vera", shop, Role.VIEWER))) == (gold, False)
    resume(live, by=ada, now=NOW)
    assert heard() == (gold, False)
