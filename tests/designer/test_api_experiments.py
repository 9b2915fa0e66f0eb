"""How an experiment stands, and giving everybody one treatment, over HTTP."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer.actions.publish import publish
from designer.actions.save_draft import save_draft
from designer.models import AuditEntry, Version
from engine.models import Experiment
from tests.cast import graph, node
from tests.designer.conftest import NOW, logged_in, member

FLOW = graph(
    [node("event-1", event="OrderPlaced"),
     node("experiment-1", success="OrderPlaced", has_holdout=True,
          treatments=[{"id": "a", "label": "Plain", "share": 30}, {"id": "b", "share": 70}])],
    "event-1 > experiment-1",
)  # fmt: skip


@pytest.fixture
def running(draft: Version, ada: User) -> Version:
    save_draft(draft, graph=FLOW, revision=draft.revision, by=ada, now=NOW)
    draft.refresh_from_db()
    return publish(draft, by=ada, now=NOW)


def scale(client: Client, version: Version, treatment: str) -> Any:
    body = {"node": "experiment-1", "treatment": treatment}
    return client.post(f"/api/versions/{version.pk}/experiments/scale/", body, content_type="application/json")


def test_an_experiment_is_shown_treatment_by_treatment(browser: Client, running: Version) -> None:
    [found] = browser.get(f"/api/versions/{running.pk}/experiments/").json()["results"]

    assert [(one["id"], one["label"], one["share"], one["assigned"]) for one in found["treatments"]] == [
        ("a", "Plain", 0.3, 0),
        ("b", "b", 0.7, 0),
    ]
    assert (found["holdout"], found["winner"], found["success"]) == ([0, 0], "", "OrderPlaced")


def test_a_draft_has_no_results_yet(browser: Client, ready: Version) -> None:
    assert browser.get(f"/api/versions/{ready.pk}/experiments/").json() == {"results": []}


def test_everybody_gets_a_treatment_and_it_is_written_down_who_said_so(browser: Client, running: Version) -> None:
    answer = scale(browser, running, "b")

    [found] = answer.json()["results"]
    assert (found["winner"], found["scaled_by"]) == ("b", "ada")
    assert [one["share"] for one in found["treatments"]] == [0, 1]
    entry = AuditEntry.objects.get(verb="experiment.scaled")
    assert (entry.by, entry.details) == ("ada", {"node": "experiment-1", "treatment": "b"})


def test_what_cannot_be_given_is_refused_and_nothing_is_kept(browser: Client, running: Version, ada: User) -> None:
    assert scale(browser, running, "c").status_code == 422
    assert scale(browser, running, "holdout").json()["code"] == "experiment.no_such_treatment"
    browser.post(f"/api/versions/{running.pk}/close/")

    refused = scale(browser, running, "b")

    assert refused.status_code == 409
    assert not Experiment.objects.exists()


def test_only_who_may_publish_gives_everybody_a_treatment(shop: Any, running: Version) -> None:
    viewer = logged_in(member("vera", shop, "viewer"))

    assert viewer.get(f"/api/versions/{running.pk}/experiments/").status_code == 200
    assert scale(viewer, running, "b").status_code == 403


def test_nothing_of_it_is_there_for_another_sandbox(stranger: Client, running: Version) -> None:
    assert stranger.get(f"/api/versions/{running.pk}/experiments/").status_code == 404
    assert scale(stranger, running, "b").status_code == 404
