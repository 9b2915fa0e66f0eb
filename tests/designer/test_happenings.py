"""Rows about what happened to people: written as expressions over their events, and read again."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from designer.rules import Group, Reason, read, written
from designer.rules.operators import HAPPENINGS
from designer.rules.tree import group_in
from engine.definition.audience import scope_of_audience
from engine.definition.world import EventShape, World
from engine.expressions import BOOLEAN, check
from engine.expressions.to_sql import check_sql
from engine.models import Sandbox

# (what it says, rows, text): the canvas' tests hold its own writer to the same pairs.
PAIRS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "happenings.json").read_text(encoding="utf-8"))
PAYLOAD = {
    "type": "object",
    "properties": {
        "timestamp": {"type": "string", "format": "date-time"},
        "the name": {"type": "string"},
        "the sum": {"type": "number"},
        "properties": {
            "type": "object",
            "properties": {"total": {"type": "number"}, "gift": {"type": "boolean"}, "city": {"type": "string"}},
        },
    },
}
SCOPE = scope_of_audience(
    World(
        events={name: EventShape(name=name, json_schema=PAYLOAD) for name in ("Order", "Big Order")},
        profile_fields={"city": "string"},
    )
)
ORDERS = "#{Profile.events.Order.all()}"


@pytest.mark.parametrize("pair", PAIRS, ids=[pair["says"] for pair in PAIRS])
def test_each_pair_is_written_and_read(pair: dict[str, Any]) -> None:
    rows = group_in(pair["rows"])

    assert written(rows) == pair["text"]
    assert read(pair["text"], SCOPE) == rows
    assert rows.as_json() == pair["rows"]


@pytest.mark.parametrize("pair", PAIRS, ids=[pair["says"] for pair in PAIRS])
def test_what_is_written_is_a_rule_that_an_audience_may_have(pair: dict[str, Any]) -> None:
    checked = check(pair["text"], SCOPE, BOOLEAN)

    assert bool(checked.problems or check_sql(checked)) == ("missing" in pair["says"])


def test_the_pairs_show_whatever_may_be_said() -> None:
    shown = {item["about"]["operator"] for pair in PAIRS for item in pair["rows"]["items"] if "about" in item}

    assert shown == set(HAPPENINGS)


@pytest.mark.parametrize(
    ("text", "again"),
    [
        (f"not (count({ORDERS}) > 0)", f"count({ORDERS}) == 0"),
        (f"not (count({ORDERS}) >= 3)", f"count({ORDERS}) < 3"),
        ("(count(#{Profile . events . Order . all()}) > 0)", f"count({ORDERS}) > 0"),
        ("count(#{Profile.events.Order.all((currentDataPackField.properties.gift))}) > 0",
         "count(#{Profile.events.Order.all(currentDataPackField.properties.gift == true)}) > 0"),
    ],
)  # fmt: skip
def test_the_same_said_otherwise_becomes_the_same_rows(text: str, again: str) -> None:
    rows = read(text, SCOPE)

    assert isinstance(rows, Group), rows
    assert written(rows) == again


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"count({ORDERS}) != 3", "`count` cannot be shown as a row."),
        (f"not (sum({ORDERS[:-1]}.properties.total}}) > 3)", "cannot be shown as a row."),
        (f"count({ORDERS}) > count({ORDERS})", "`count(#{Profile.events.Order.all()})` cannot be shown as the value"),
        ("count(#{Profile.events.Order.all(count(#{Profile.events.Order.all()}) > 1)}) > 1",
         "`count` cannot be shown as a row."),
        ("count(#{Profile.events.Order.all(currentDataPackField.properties.total * 2.0 > 1)}) > 1", "is no field"),
        ("max(#{Profile.events.Order.all().properties.total}) > 5.0", "`max` cannot be shown as a row."),
    ],
)  # fmt: skip
def test_what_rows_cannot_say_has_a_reason(text: str, message: str) -> None:
    found = read(text, SCOPE)

    assert isinstance(found, Reason)
    assert message in found.message


def test_the_interface_names_the_words_and_shows_a_rule_as_rows(browser: Client, shop: Sandbox) -> None:
    words = browser.get("/api/audiences/vocabulary/").json()
    rows = browser.post(
        "/api/audiences/rows/",
        {"text": "count(#{Profile.events.OrderPlaced.all()}) >= 3"},
        content_type="application/json",
    ).json()
    none = browser.post("/api/audiences/rows/", {"text": "true"}, content_type="application/json").json()

    fields = {field["insert"]: field for field in words["fields"]}
    assert fields["#{Profile.events.OrderPlaced}"]["type"] == "list<object>"
    assert fields["#{Profile.events.OrderPlaced.properties.total}"]["element"] == "decimal"
    assert rows["rows"]["items"][0]["about"]["operator"] == "times_least"
    assert none["reason"]["message"] == "`true` alone cannot be shown as a row."
