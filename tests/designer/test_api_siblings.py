"""The versions of one journey side by side, over HTTP."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.test import Client

from designer.actions.new_version import new_version
from designer.actions.publish import publish
from designer.actions.save_draft import save_draft
from designer.models import Version
from engine.models import Instance
from tests.designer.conftest import GRAPH, NOW


def test_the_versions_of_a_journey_come_with_who_published_them_and_who_is_inside(
    browser: Client, live: Version, ada: User
) -> None:
    second = new_version(live, by=ada, now=NOW)
    enters(live)

    answer = browser.get(f"/api/versions/{second.pk}/siblings/")

    assert answer.status_code == 200
    latest, first = answer.json()["results"]
    assert (latest["number"], latest["status"], latest["people"]) == ("2.0", "draft", 0)
    assert (latest["published_at"], latest["published_by"]) == (None, None)
    assert (first["number"], first["status"], first["people"]) == ("1.0", "live", 1)
    assert (first["id"], first["published_by"]) == (str(live.pk), "ada")
    publish(second, by=ada, now=NOW)
    after = browser.get(f"/api/versions/{live.pk}/siblings/").json()["results"]
    assert [(one["number"], one["status"], one["people"]) for one in after] == [
        ("2.0", "live", 0),
        ("1.0", "closed", 1),
    ]


def test_the_versions_of_others_are_nobody_s_business(stranger: Client, live: Version) -> None:
    answer = stranger.get(f"/api/versions/{live.pk}/siblings/")

    assert answer.status_code == 404


def test_what_changed_names_the_steps_that_are_new(browser: Client, live: Version, ada: User) -> None:
    second = new_version(live, by=ada, now=NOW)
    graph = {**GRAPH, "nodes": [*GRAPH["nodes"], {**GRAPH["nodes"][-1], "id": "wait-2"}]}
    save_draft(second, graph=graph, revision=second.revision, by=ada, now=NOW)

    answer = browser.get(f"/api/versions/{second.pk}/changes/").json()

    assert answer["since"]["number"] == "1.0"
    assert answer["new_steps"] == ["wait-2"]
    assert [(one["kind"], one["node"]) for one in answer["changes"]] == [("added", "wait-2")]


def enters(version: Version) -> None:
    Instance.objects.create(
        id=640, shard=0, sandbox_id=version.journey.sandbox_id, profile_id=64, journey_id=version.journey_id,
        version_id=version.pk, key="ana", supplemental_key="", state="active", node="wait-1", visit=1,
        wake_at=NOW + timedelta(days=1), entered_at=NOW, moved_at=NOW, expires_at=NOW + timedelta(days=91), context={},
    )  # fmt: skip
