"""Every move, allowed and refused."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client

from designer import states
from designer.actions.close import close
from designer.actions.create_journey import create_journey
from designer.actions.finish_due import finish_due
from designer.actions.new_version import new_version
from designer.actions.publish import publish
from designer.actions.stop import stop
from designer.models import AuditEntry, Journey, Version
from designer.states import MOVES, Status
from engine.models import Definition
from tests.designer.conftest import NOW

DOCS = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "version-lifecycle.md"
EVERY_ATTEMPT = list(itertools.product(states.ASKED, Status.values))


@pytest.mark.parametrize(("verb", "status"), EVERY_ATTEMPT)
def test_a_move_is_made_where_the_table_allows_it_and_refused_elsewhere(
    browser: Client, in_status: Callable[[str], Version], verb: str, status: str
) -> None:
    version = in_status(status)

    answer = browser.post(f"/api/versions/{version.pk}/{verb}/", {}, content_type="application/json")

    version.refresh_from_db()
    if status in MOVES[verb].sources:
        assert answer.status_code == 200
        # Nobody is held: what is resumed is live at once.
        assert answer.json()["status"] == version.status == ("live" if verb == "resume" else MOVES[verb].target)
        assert Definition.objects.get(version_id=version.pk).status == version.status
        assert AuditEntry.objects.filter(object_id=version.pk, verb__startswith="version.").exists()
    else:
        assert answer.status_code == 409
        assert answer.json()["code"] == "version.illegal_move"
        assert answer.json()["allowed"] == states.allowed_from(status)
        assert version.status == status


def test_a_version_with_problems_cannot_go_live_and_all_of_them_are_named(browser: Client, draft: Version) -> None:
    answer = browser.post(f"/api/versions/{draft.pk}/publish/", {}, content_type="application/json")

    assert answer.status_code == 422
    assert answer.json()["code"] == "version.not_publishable"
    assert answer.json()["problems"]
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert not Definition.objects.exists()


def test_publishing_the_next_version_closes_the_one_before(browser: Client, live: Version, ada: User) -> None:
    following = new_version(live, by=ada, now=NOW)
    assert (following.number, following.status, following.graph) == ("2.0", "draft", live.graph)

    browser.post(f"/api/versions/{following.pk}/publish/", {}, content_type="application/json")

    live.refresh_from_db()
    following.refresh_from_db()
    assert (live.status, following.status) == ("closed", "live")
    assert live.ended_at is not None
    assert dict(Definition.objects.values_list("version_id", "status")) == {live.pk: "closed", following.pk: "live"}


def test_re_entrance_is_the_same_in_all_versions(browser: Client, live: Version, ada: User) -> None:
    following = new_version(live, by=ada, now=NOW)
    shown = browser.put(
        f"/api/versions/{following.pk}/draft/",
        {"graph": following.graph, "properties": {"reentrance": False}},
        content_type="application/json",
        headers={"If-Match": f'"{following.revision}"'},
    ).json()
    assert [problem["code"] for problem in shown["problems"]] == ["ERR_VERSION_REENTRANCE"]
    assert "1.0 allows it, 2.0 does not" in shown["problems"][0]["message"]

    refused = browser.post(f"/api/versions/{following.pk}/publish/", {}, content_type="application/json")

    assert refused.status_code == 422
    live.refresh_from_db()
    assert live.status == "live"


def test_a_sandbox_has_so_many_active_versions(browser: Client, live: Version, ada: User, settings: Any) -> None:
    settings.ACTIVE_JOURNEYS = 1
    other = create_journey(sandbox=live.journey.sandbox, name="One more", by=ada, now=NOW, graph=live.graph)

    refused = browser.post(f"/api/versions/{other.pk}/publish/", {}, content_type="application/json")
    assert refused.status_code == 422
    assert [problem["code"] for problem in refused.json()["problems"]] == ["ERR_ACTIVE_JOURNEYS"]

    stop(live, by=ada, now=NOW)
    assert browser.post(f"/api/versions/{other.pk}/publish/", {}, content_type="application/json").status_code == 200


def test_a_new_version_begins_only_at_the_latest_and_only_when_that_is_no_draft(
    browser: Client, live: Version, ada: User
) -> None:
    address = "/api/versions/{}/new-version/"
    first = browser.post(address.format(live.pk), {}, content_type="application/json")
    again = browser.post(address.format(live.pk), {}, content_type="application/json")
    from_draft = browser.post(address.format(first.json()["id"]), {}, content_type="application/json")

    assert (first.status_code, again.status_code, from_draft.status_code) == (201, 409, 409)


def test_what_has_been_closed_for_91_days_is_finished(live: Version, ada: User) -> None:
    close(live, by=ada, now=NOW)

    assert finish_due(now=NOW + timedelta(days=90, hours=23)) == 0
    assert finish_due(now=NOW + timedelta(days=91)) == 1
    live.refresh_from_db()
    assert live.status == "finished"
    assert finish_due(now=NOW + timedelta(days=92)) == 0
    assert AuditEntry.objects.get(verb="version.finished").by == "JourneyOpt"


def test_a_failing_engine_leaves_the_draft_a_draft(
    browser: Client, ready: Version, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Definition.objects.create(
        version_id=ready.pk, sandbox=ready.journey.sandbox, journey_id=0, journey_name="In the way", number="1.0",
        status="stopped", graph={}, deployed_at=NOW,
    )  # fmt: skip

    with pytest.raises(Exception), transaction.atomic():  # noqa: B017, PT011
        publish(ready, by=ada, now=NOW)

    ready.refresh_from_db()
    assert (ready.status, ready.published_at) == ("draft", None)
    assert not AuditEntry.objects.filter(verb="version.published").exists()


def test_the_docs_draw_exactly_these_moves() -> None:
    assert states.mermaid() in DOCS.read_text()


@pytest.mark.parametrize("change", [
    {"status": "asleep"},
    {"status": "live"},
    {"published_at": NOW},
    {"ended_at": NOW},
], ids=str)  # fmt: skip
def test_the_database_refuses_a_draft_that_cannot_be(draft: Version, change: dict) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=draft.pk).update(**change)


def test_the_database_holds_one_live_version_and_only_the_latest_as_draft(live: Version, ada: User) -> None:
    following = new_version(live, by=ada, now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=following.pk).update(status="live", published_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=live.pk).update(status="draft", published_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(journey=live.journey, major=3, graph={}, created_at=NOW, saved_at=NOW)


def test_the_audit_log_cannot_be_rewritten(draft: Version) -> None:
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        AuditEntry.objects.update(by="nobody")
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()


@pytest.mark.parametrize("verb", states.ASKED)
def test_consequences_are_said_in_sentences_before_the_move(browser: Client, live: Version, verb: str) -> None:
    body = browser.get(f"/api/versions/{live.pk}/consequences/?move={verb}").json()

    assert set(body) == {"title", "sentences", "people", "allowed"}
    assert body["allowed"] == (verb not in ("publish", "resume"))
    assert all(sentence.endswith(".") for sentence in body["sentences"])


def test_only_journeys_of_drafts_and_finished_versions_are_deleted(
    ada: User, in_status: Callable[[str], Version]
) -> None:
    from designer.actions.delete_journey import delete_journey
    from designer.errors import IllegalMove

    version = in_status("closed")
    with pytest.raises(IllegalMove):
        delete_journey(version.journey, by=ada, now=NOW)
    version.move("finish")
    delete_journey(version.journey, by=ada, now=NOW)

    assert not Journey.objects.exists()
    assert AuditEntry.objects.filter(verb="journey.deleted").exists()
