"""A pasted sample becomes a schema, and a schema becomes a sample to copy."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition.inference import infer, payload_in, sample_of
from engine.definition.world import EventShape

ORDER = {
    "event": "Order Placed",
    "userId": "ana",
    "messageId": "m-1",
    "properties": {
        "order_id": "O-1",
        "total": 41.5,
        "count": 2,
        "gift": False,
        "at": "2026-03-01T09:15:00Z",
        "day": "2026-03-01",
        "note": None,
        "items": [{"sku": "A", "price": 3}, {"sku": "B", "price": 2.5, "size": "L"}],
    },
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def fields_of(schema: dict[str, Any]) -> dict[str, str]:
    found = EventShape(name="Order", json_schema=schema).schema.fields
    return {path: str(kind) for path, kind in found.items() if path.startswith("properties.")}


def test_every_field_gets_the_type_it_has_in_the_sample() -> None:
    payload = payload_in(ORDER)
    assert payload is not None

    assert fields_of(infer(payload)) == {
        "properties.order_id": "string",
        "properties.total": "decimal",
        "properties.count": "integer",
        "properties.gift": "boolean",
        "properties.at": "dateTime",
        "properties.day": "dateOnly",
        "properties.items": "list<object>",
        "properties.items.sku": "string",
        "properties.items.price": "decimal",
        "properties.items.size": "string",
    }


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ({"order_id": "O-1"}, {"properties": {"order_id": "O-1"}}),
        ({"event": "E", "properties": {"a": 1}, "writeKey": "k"}, {"properties": {"a": 1}, "event": "E"}),
        ({"batch": [{"userId": "u", "traits": {"a": 1}}]}, {"traits": {"a": 1}, "userId": "u"}),
        (
            {"body": {"xdmEntity": {"_acme": {"total": 1}, "identityMap": {}}}},
            {"_acme": {"total": 1}, "identityMap": {}},
        ),
        ([1, 2], None),
        ({"batch": []}, None),
        ("text", None),
    ],
)
def test_samples_are_understood_in_the_ways_people_paste_them(sample: object, expected: object) -> None:
    assert payload_in(sample) == expected


@pytest.mark.parametrize("value", ["2026-02-30T10:00:00Z", "2026-13-01", "2026-03-01 nearly", "20260301", ""])
def test_what_is_no_real_time_stays_text(value: str) -> None:
    assert infer({"a": value})["properties"]["a"] == {"type": "string"}


def test_elements_that_have_nothing_in_common_are_left_open() -> None:
    assert infer({"a": [1, "x"], "b": []})["properties"] == {"a": {"type": "array"}, "b": {"type": "array"}}


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=6))
def test_any_payload_has_a_schema_and_a_sample_of_it_has_the_same(payload: dict[str, Any]) -> None:
    schema = infer(payload)
    EventShape(name="Any", json_schema=schema).schema  # noqa: B018  it can be read

    assert json.loads(json.dumps(schema)) == schema
    again = infer(sample_of(schema))
    assert set(again["properties"]) == set(schema["properties"])


@given(JSON)
def test_no_schema_breaks_the_sample(schema: Any) -> None:
    assert isinstance(sample_of(schema), dict)
