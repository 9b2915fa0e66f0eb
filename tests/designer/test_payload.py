"""How large a journey may be: a warning while there is little room left, a refusal when there is none."""

from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from designer.models import Version
from designer.payload import LARGEST, NEAR, measured
from tests.designer.conftest import GRAPH
from tests.designer.test_api import put


def graph_of(size: int) -> dict[str, Any]:
    """A journey of fifty steps with letters in them, one of them long; of exactly so many bytes."""
    event, wait = GRAPH["nodes"]
    letters = [
        {
            "id": f"email-{number}",
            "type": "email",
            "label": f"Letter {number}",
            "description": "",
            "settings": {"subject": "Grüße", "html": "<p>é</p>" * 2_000},
            "position": {"x": 528 + 264 * number, "y": 0},
        }
        for number in range(1, 49)
    ]
    names = [event["id"], wait["id"], *(letter["id"] for letter in letters)]
    edges = [{"from": {"node": before, "port": "next"}, "to": after} for before, after in pairwise(names)]
    graph = {**GRAPH, "nodes": [event, wait, *letters], "edges": edges}
    letters[6]["settings"]["html"] += "x" * (size - measured(graph))
    assert measured(graph) == size
    return graph


def large_ones(problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [problem for problem in problems if problem["code"] == "ERR_PAYLOAD_LARGE"]


@pytest.mark.parametrize(("size", "warned"), [(NEAR - 60_000, False), (NEAR + 60_000, True)])
def test_from_nine_tenths_on_there_is_a_warning_at_the_largest_step(
    browser: Client, draft: Version, size: int, warned: bool
) -> None:
    answer = put(browser, draft, graph_of(size), 1)

    assert answer.status_code == 200
    found = large_ones(answer.json()["problems"])
    assert found == large_ones(browser.get(f"/api/versions/{draft.pk}/").json()["problems"])
    assert [(one["severity"], one["node"]) for one in found] == [("warning", "email-7")] * warned
    if warned:
        draft.refresh_from_db()
        step = next(node for node in draft.graph["nodes"] if node["id"] == "email-7")
        assert f"{draft.payload_bytes:,} bytes of the {LARGEST:,} that fit" in found[0]["message"]
        assert f"“Letter 7” (E-mail, email-7) with {measured(step):,} bytes" in found[0]["message"]


def test_what_does_not_fit_is_refused_and_the_largest_step_named(browser: Client, draft: Version) -> None:
    answer = put(browser, draft, graph_of(LARGEST + 60_000), 1)

    assert answer.status_code == 413
    refused = answer.json()
    assert refused["code"] == "version.too_large"
    assert "The largest step is “Letter 7” (E-mail, email-7) with " in refused["message"]
    assert [(one["severity"], one["node"]) for one in large_ones(refused["problems"])] == [("error", "email-7")]
    draft.refresh_from_db()
    assert draft.graph["nodes"] == []


def test_a_journey_that_just_fits_is_saved_however_its_letters_were_escaped(browser: Client, draft: Version) -> None:
    answer = put(browser, draft, graph_of(LARGEST - 20_000), 1)

    assert answer.status_code == 200


def test_what_grew_too_large_is_not_published(browser: Client, ready: Version) -> None:
    """It was saved while there was more room."""
    Version.objects.filter(pk=ready.pk).update(graph=graph_of(LARGEST + 60_000))

    answer = browser.post(f"/api/versions/{ready.pk}/publish/")

    assert answer.status_code == 413
    assert answer.json()["code"] == "version.too_large"
    assert "email-7" in answer.json()["message"]
    ready.refresh_from_db()
    assert ready.status == "draft"


def test_a_request_that_no_journey_could_need_is_not_read(browser: Client, draft: Version) -> None:
    answer = browser.put(
        f"/api/versions/{draft.pk}/draft/",
        b" " * (3 * LARGEST + 1),
        content_type="application/json",
        headers={"if-match": '"1"'},
    )

    assert answer.status_code == 413
    assert answer.json()["code"] == "version.too_large"
