"""The interface the canvas uses, over HTTP."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer.models import Journey, Version
from tests.designer.conftest import GRAPH, logged_in, member


def put(client: Client, version: Version, graph: Any, revision: int | str | None) -> Any:
    headers = {} if revision is None else {"if-match": f'"{revision}"'}
    return client.put(
        f"/api/versions/{version.pk}/draft/", {"graph": graph}, content_type="application/json", headers=headers
    )


def test_a_journey_begins_as_an_empty_draft(browser: Client, shop: Any) -> None:
    answer = browser.post("/api/journeys/", {"name": "  Welcome "}, content_type="application/json")

    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"journey_id", "version_id", "url"}
    version = Version.objects.get(pk=body["version_id"])
    assert (version.journey.name, version.number, version.status) == ("Welcome", "1.0", "draft")
    assert browser.get(f"/api/versions/{version.pk}/").json()["graph"]["nodes"] == []


def test_two_journeys_of_a_sandbox_cannot_share_a_name_whatever_its_case(browser: Client, draft: Version) -> None:
    answer = browser.post("/api/journeys/", {"name": "THANK YOU"}, content_type="application/json")

    assert answer.status_code == 409
    assert answer.json()["code"] == "journey.name_taken"


def test_another_sandbox_may_use_the_same_name(stranger: Client, draft: Version) -> None:
    answer = stranger.post("/api/journeys/", {"name": "Thank you"}, content_type="application/json")

    assert answer.status_code == 201


def test_a_version_says_everything_the_canvas_needs(browser: Client, ready: Version) -> None:
    answer = browser.get(f"/api/versions/{ready.pk}/")

    body = answer.json()
    assert answer["ETag"] == '"2"'
    assert body["id"] == str(ready.pk)
    assert (body["number"], body["status"], body["revision"]) == ("1.0", "draft", 2)
    assert [node["id"] for node in body["graph"]["nodes"]] == ["event-1", "wait-1"]
    assert body["journey"] == {"id": str(ready.journey_id), "name": "Thank you", "description": "", "tags": []}
    assert body["permissions"]["publish"]
    assert not body["permissions"]["stop"]
    assert [version["number"] for version in body["versions"]] == ["1.0"]
    assert body["saved_by"] == "ada"
    assert body["payload_bytes"] > 100
    assert body["published_at"] is None


def test_a_draft_is_saved_and_its_revision_counts(browser: Client, draft: Version) -> None:
    answer = put(browser, draft, GRAPH, 1)

    assert answer.status_code == 200
    assert answer.json()["revision"] == 2
    assert answer["ETag"] == '"2"'
    assert browser.get(f"/api/versions/{draft.pk}/").json()["graph"]["edges"] == GRAPH["edges"]


def test_an_unfinished_graph_is_saved_and_its_problems_come_back(browser: Client, draft: Version) -> None:
    answer = put(browser, draft, {"nodes": [], "edges": [], "ends": []}, 1)

    assert answer.status_code == 200
    assert answer.json()["problems"]


def test_of_two_people_saving_at_once_the_second_is_told_what_is_there(
    browser: Client, draft: Version, shop: Any
) -> None:
    colleague = logged_in(member("grace", shop, "marketer"))

    first = put(colleague, draft, GRAPH, 1)
    second = put(browser, draft, {"nodes": [], "edges": [], "ends": []}, 1)

    assert first.status_code == 200
    assert second.status_code == 412
    body = second.json()
    assert body["code"] == "version.conflict"
    assert body["current"]["revision"] == 2
    assert body["current"]["saved_by"] == "grace"
    assert len(body["current"]["graph"]["nodes"]) == 2
    draft.refresh_from_db()
    assert len(draft.graph["nodes"]) == 2


def test_saving_without_saying_over_what_is_refused(browser: Client, draft: Version) -> None:
    answer = put(browser, draft, GRAPH, None)

    assert answer.status_code == 428
    assert answer.json()["code"] == "version.revision_missing"


def test_only_drafts_can_be_saved(browser: Client, live: Version) -> None:
    answer = put(browser, live, GRAPH, live.revision)

    assert answer.status_code == 409
    assert answer.json()["code"] == "version.not_a_draft"


@pytest.mark.parametrize(
    "graph", [None, "graph", [], {"nodes": "many"}, {"nodes": [{}], "edges": [], "ends": []}], ids=repr
)
def test_what_is_no_graph_at_all_is_refused_with_reasons(browser: Client, draft: Version, graph: Any) -> None:
    answer = put(browser, draft, graph, 1)

    assert answer.status_code == 400
    assert answer.json()["problems"]


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"], ids=["zero", "half a character"])
def test_text_that_the_database_cannot_keep_is_refused_politely(browser: Client, draft: Version, text: str) -> None:
    graph = {**GRAPH, "nodes": [{**GRAPH["nodes"][0], "label": text}, GRAPH["nodes"][1]]}

    answer = put(browser, draft, graph, 1)

    assert answer.status_code == 400
    assert answer.json()["code"] == "graph.malformed"


def test_json_that_nests_without_end_is_refused_politely(browser: Client, draft: Version) -> None:
    answer = browser.put(
        f"/api/versions/{draft.pk}/draft/",
        '{"graph":' + "[" * 100_000,
        content_type="application/json",
        headers={"if-match": '"1"'},
    )

    assert answer.status_code == 400
    assert answer.json()["code"] == "parse_error"


def test_labels_may_change_in_a_live_version_and_nothing_else(browser: Client, live: Version) -> None:
    answer = browser.put(
        f"/api/versions/{live.pk}/labels/",
        {
            "nodes": {"wait-1": {"label": "Two days", "description": "Let them unpack."}},
            "ends": [{"from": {"node": "wait-1", "port": "next"}, "label": "Done"}],
        },
        content_type="application/json",
    )

    assert answer.status_code == 200
    live.refresh_from_db()
    wait = next(node for node in live.graph["nodes"] if node["id"] == "wait-1")
    assert (wait["label"], wait["settings"]) == ("Two days", {"duration": "P2D", "mode": "duration", "until": ""})
    assert live.graph["ends"][0]["label"] == "Done"


def test_a_label_for_a_node_that_is_not_there_is_refused(browser: Client, live: Version) -> None:
    answer = browser.put(
        f"/api/versions/{live.pk}/labels/", {"nodes": {"wait-9": {"label": "?"}}}, content_type="application/json"
    )

    assert answer.status_code == 400
    assert answer.json()["code"] == "graph.unknown_node"


def test_a_journey_is_renamed_and_described_in_any_status(browser: Client, live: Version) -> None:
    answer = browser.patch(
        f"/api/journeys/{live.journey_id}/", {"name": "Thanks", "description": "After an order."},
        content_type="application/json",
    )  # fmt: skip

    renamed = {"id": str(live.journey_id), "name": "Thanks", "description": "After an order.", "tags": []}
    assert answer.json() == renamed
    assert Journey.objects.get(pk=live.journey_id).name == "Thanks"


def test_duplicates_are_named_after_their_original(browser: Client, live: Version) -> None:
    names = []
    for _ in range(3):
        answer = browser.post(f"/api/versions/{live.pk}/duplicate/", {}, content_type="application/json")
        assert answer.status_code == 201
        copy = Version.objects.get(pk=answer.json()["id"])
        names.append(copy.journey.name)

    assert names == ["Thank you_copy", "Thank you_copy_2", "Thank you_copy_3"]
    assert (copy.status, copy.number, copy.graph) == ("draft", "1.0", live.graph)


def test_the_catalogue_and_the_events_fill_the_palette(browser: Client, shop: Any) -> None:
    activities = browser.get("/api/activities/").json()["activities"]
    events = browser.get("/api/event-definitions/").json()["results"]

    assert isinstance(activities, list)
    assert events[0]["name"] == "OrderPlaced"
    assert {"path": "properties.total", "type": "decimal"} in events[0]["fields"]


def test_whoever_is_not_logged_in_gets_the_one_error_shape(draft: Version) -> None:
    answer = Client().get(f"/api/versions/{draft.pk}/")

    assert answer.status_code in (401, 403)
    assert set(answer.json()) == {"code", "message", "hint", "problems"}


def test_a_post_without_the_csrf_token_is_refused(ada: User, live: Version) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)

    answer = client.post(f"/api/versions/{live.pk}/stop/", content_type="application/json")

    assert answer.status_code == 403
    live.refresh_from_db()
    assert live.status == "live"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "/api/versions/999999/", None),
        ("post", "/api/journeys/", {"name": ""}),
        ("post", "/api/journeys/", {"name": "x" * 201}),
        ("post", "/api/journeys/", {}),
        ("post", "/api/expressions/check/", {}),
        ("post", "/api/expressions/vocabulary/", {}),
        ("post", "/api/expressions/vocabulary/", {"version": "abc"}),
        ("post", "/api/email/preview/", {"version": "one"}),
        ("get", "/api/versions/{id}/people/?state=lost", None),
        ("get", "/api/versions/{id}/consequences/?move=jump", None),
        ("delete", "/api/versions/{id}/", None),
        ("put", "/api/versions/{id}/labels/", {"nodes": {"wait-1": "label"}}),
        ("put", "/api/versions/{id}/labels/", {"ends": [{"from": {}}]}),
    ],
)
def test_every_refusal_has_one_shape(browser: Client, draft: Version, method: str, path: str, body: Any) -> None:
    answer = getattr(browser, method)(
        path.format(id=draft.pk), *([json.dumps(body)] if body is not None else []), content_type="application/json"
    )

    assert 400 <= answer.status_code < 500
    shape = answer.json()
    assert {"code", "message", "hint", "problems"} <= set(shape)
    assert shape["message"]


def test_a_draft_of_almost_four_megabytes_is_saved(browser: Client, draft: Version) -> None:
    email = {"subject": "Hello", "html": "x" * (4 * 1024 * 1024 - 2000), "text": "", "error_path": False}
    large = {
        **GRAPH,
        "nodes": [{**GRAPH["nodes"][0], "id": "email-1", "type": "email", "settings": email}],
        "edges": [],
    }

    assert put(browser, draft, large, 1).status_code == 200
