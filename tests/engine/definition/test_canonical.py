"""The canonical graph: whatever was left out is written out, and nothing that the author wrote is lost."""

import json
from typing import Any

import pytest

from engine import control
from engine.activities import all_types

# The least that each activity can be made of.
LEAST: dict[str, dict[str, Any]] = {
    "audience-qualification": {"audience": "Gold"},
    "business-event": {"event": "PriceFell"},
    "condition": {"paths": [{"id": "path-1", "condition": "true"}]},
    "date-condition": {"paths": [{"id": "path-1", "first": "2026-12-01"}]},
    "experiment": {"treatments": [{"id": "a", "share": 30}, {"id": "b", "share": 70}]},
    "profile-cap": {"limit": 5},
    "targeting": {"rules": [{"id": "rule-1", "rule": "true"}]},
    "time-condition": {"paths": [{"id": "path-1", "days": ["monday"]}]},
    "custom-action": {"url": "https://api.example.com", "headers": [{"name": "X-Shop", "value": '"a"'}]},
    "email": {"subject": "Hello"},
    "end": {},
    "event": {"event": "Order"},
    "jump": {"journey": 7, "event": "Care"},
    "percentage-split": {"splits": [{"id": "path-1", "share": 30}, {"id": "path-2", "share": 70}]},
    "read-audience": {"audience": "Buyers", "namespace": "userId"},
    "update-profile": {"fields": [{"field": "plan", "value": '"basic"'}]},
    "wait": {"duration": "P1W"},
}


def stored(type_: str, settings: dict[str, Any]) -> dict[str, Any]:
    graph = {"nodes": [{"id": "node-1", "type": type_, "settings": settings}], "edges": [], "ends": []}
    found: dict[str, Any] = json.loads(json.dumps(control.canonical(graph)))["nodes"][0]["settings"]
    return found


def test_the_table_knows_every_activity() -> None:
    assert LEAST.keys() == all_types().keys()


@pytest.mark.parametrize("type_", LEAST)
def test_every_setting_is_written_out_and_stays_so(type_: str) -> None:
    once = stored(type_, LEAST[type_])

    activity = all_types()[type_]
    assert once.keys() == activity.model_fields.keys()
    assert activity.model_validate(once) == activity.model_validate(LEAST[type_])
    assert stored(type_, once) == once


def test_the_settings_inside_a_list_are_whole_too() -> None:
    assert stored("condition", LEAST["condition"]) == {
        "paths": [{"id": "path-1", "label": "", "condition": "true"}],
        "other_cases": True,
        "error_path": False,
    }


def test_what_the_author_wrote_stays_as_it_was_written() -> None:
    assert stored("wait", {"duration": "P1W"}) == {"duration": "P1W", "mode": "duration", "until": ""}


@pytest.mark.parametrize(
    ("type_", "settings"),
    [
        ("teleport", {"to": "Mars"}),  # unknown
        ("email", {}),  # a setting is missing
        ("email", {"subject": "Hello", "colour": "red"}),  # one is unknown
        ("wait", {"duration": "soon"}),
        ("condition", {"paths": [{"id": "path-1", "condition": 5}]}),
    ],
)
def test_what_is_not_valid_is_kept_as_it_is(type_: str, settings: dict[str, Any]) -> None:
    assert stored(type_, settings) == settings
