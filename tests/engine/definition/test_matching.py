"""What journeys receive of an event: only the selected fields, whatever they are called."""

from typing import Any

import pytest

from engine.definition.matching import selected, taken_apart

PAYLOAD: dict[str, Any] = {
    "event": "Order",
    "properties": {
        "order.id": "O-1",
        "order": {"id": 7, "note": "x"},
        "items": [{"sku": "A", "price": 1}],
        "1st": True,
    },
}


@pytest.mark.parametrize(
    ("fields", "received"),
    [
        ([], {}),
        (["event"], {"event": "Order"}),
        (['properties."order.id"'], {"properties": {"order.id": "O-1"}}),
        (["properties.order.id"], {"properties": {"order": {"id": 7}}}),
        (['properties."1st"', "properties.order.note"], {"properties": {"1st": True, "order": {"note": "x"}}}),
        (["properties.items.sku"], {"properties": {"items": [{"sku": "A", "price": 1}]}}),
        (["properties.order", "properties.order.id"], {"properties": {"order": {"id": 7, "note": "x"}}}),
        (["properties.nothing", "nowhere.at.all"], {"properties": {}}),
    ],
)
def test_only_the_selected_fields_are_received(fields: list[str], received: dict[str, Any]) -> None:
    assert selected(PAYLOAD, taken_apart(fields)) == received


def test_the_payload_itself_is_left_alone() -> None:
    before = repr(PAYLOAD)

    selected(PAYLOAD, taken_apart(["properties.order.id", "properties.items"]))

    assert repr(PAYLOAD) == before
