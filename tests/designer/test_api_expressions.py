"""Expressions over the interface: the words at a node, the same in rows, what comes out for a person."""

import json
from typing import Any

import pytest
from django.test import Client

from designer.models import Version
from engine.models import EventDefinition
from tests.designer.conftest import GRAPH


def ask(browser: Client, what: str, version: Version, text: str = "", **given: Any) -> dict[str, Any]:
    asked = {"version": version.pk, "node": "wait-1", "text": text, **given}
    answer = browser.post(f"/api/expressions/{what}/", json.dumps(asked), content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_words_at_a_node_form_a_tree(browser: Client, ready: Version) -> None:
    words = ask(browser, "vocabulary", ready)

    total = next(field for field in words["fields"] if field["path"] == ["properties", "total"])
    assert (total["source"], total["root"], total["type"]) == ("event", ["OrderPlaced"], "decimal")
    assert total["insert"] == "@event{OrderPlaced.properties.total}"
    assert {"Aggregation", "Maths"} <= {function["family"] for function in words["functions"]}


def test_what_stands_below_a_list_says_what_it_is_there_and_in_one_element(browser: Client, ready: Version) -> None:
    items = {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}}
    EventDefinition.objects.update(schema={"type": "object", "properties": {"items": items}})

    fields = {tuple(field["path"]): field for field in ask(browser, "vocabulary", ready)["fields"]}

    assert fields["items",]["type"] == "list<object>"
    sku = fields["items", "sku"]
    assert (sku["type"], sku["element"], sku["list"]) == ("list<string>", "string", ["items"])


def test_an_expression_is_read_as_rows(browser: Client, ready: Version) -> None:
    found = ask(browser, "rows", ready, "not (@event{OrderPlaced.properties.total} > 100)")

    row = {"field": "@event{OrderPlaced.properties.total}", "type": "decimal", "operator": "more"}
    item = {**row, "negated": True, "values": ["100"]}
    assert found == {"rows": {"join": "and", "negated": False, "items": [item]}}


def test_what_rows_cannot_say_has_a_reason(browser: Client, ready: Version) -> None:
    found = ask(browser, "rows", ready, 'true and\nmatchRegExp(@event{OrderPlaced.event}, "a+")')

    assert found == {
        "reason": {"message": "`true` alone cannot be shown as a row.", "from": 0, "to": 4, "line": 1, "column": 1}
    }


def test_the_graph_in_the_browser_counts_not_the_saved_one(browser: Client, draft: Version) -> None:
    text = "@event{OrderPlaced.properties.total} > 100"

    assert ask(browser, "rows", draft, text, graph=GRAPH)["rows"]["items"][0]["type"] == "decimal"
    assert ask(browser, "rows", draft, text)["rows"]["items"][0]["type"] == "number"


def test_an_expression_is_tried_out(browser: Client, ready: Version) -> None:
    given = {"OrderPlaced": {"properties": {"total": 120}}}

    found = ask(browser, "preview", ready, "@event{OrderPlaced.properties.total} > 100", expect="boolean", events=given)

    assert (found["has_value"], found["value"], found["type"]) == (True, True, "boolean")
    assert (found["profile"], found["events"]["OrderPlaced"]["origin"]) == (None, "given")
    named = ask(browser, "preview", ready, '${journeyVersionName} + " " + ${currentNodeId}')
    assert named["value"] == "Thank you wait-1"


@pytest.mark.parametrize("payload", [[1], json.loads('{"a":' * 500 + "1" + "}" * 500)], ids=["a list", "too deep"])
def test_payloads_are_objects_that_end(browser: Client, ready: Version, payload: Any) -> None:
    asked = {"version": ready.pk, "text": "true", "events": {"OrderPlaced": payload}}

    answer = browser.post("/api/expressions/preview/", json.dumps(asked), content_type="application/json")

    assert answer.status_code == 400
    assert "events" in answer.content.decode()


def test_who_leaves_by_an_attribute_is_said_of_the_profile_alone(browser: Client, ready: Version) -> None:
    words = ask(browser, "vocabulary", ready, node="@profile")
    fine = ask(browser, "check", ready, '#{Profile.attributes.tier} == "gold"', node="@profile", expect="boolean")
    wrong = ask(browser, "check", ready, "@event{OrderPlaced.properties.total} > 1", node="@profile")

    assert {field["source"] for field in words["fields"]} <= {"profile"}
    assert fine["problems"] == []
    assert len(wrong["problems"]) == 1
