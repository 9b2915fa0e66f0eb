"""Paths: whatever a field is called, the language reads it back."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition.graph import Graph
from engine.definition.vocabulary import vocabulary
from engine.definition.world import EventShape, World
from engine.expressions import Facts, Schema, Scope, check
from engine.expressions import compile as compile_expression
from engine.expressions.paths import joined, segment, split_path

# What a database can keep: no zero characters, no halves of characters.
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)
STRANGE = ["total", "order id", "order.id", "1st", "-x", "ä", 'say "hi"', "it's", "a\\b", "a}b", "\n", "\x85", "null",
           "or", "not", "all", "first", "keys", "defaultValue", "params", "currentEventField", "event"]  # fmt: skip


@given(st.lists(NAMES, max_size=5))
def test_a_path_is_taken_apart_as_it_was_put_together(names: list[str]) -> None:
    assert list(split_path(joined(names))) == names


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_name_is_read_in_an_expression(name: str) -> None:
    shape = EventShape(name="Order", json_schema={"properties": {name: {"type": "string"}}})
    scope = Scope(events={"Order": Schema(shape.schema.fields, closed=True)})
    text = f"@event{{Order.{segment(name)}}}"
    facts = Facts({"Order": {name: "x"}}, {}, {}, {}, {}, {}, {}, datetime.now(UTC))

    checked = check(text, scope, None)
    value = compile_expression(text, scope, None)(facts)

    assert [problem.message for problem in checked.problems] == []
    assert value == "x"


@given(NAMES)
def test_any_name_is_read_in_an_expression(name: str) -> None:
    scope = Scope(events={"Order": Schema({segment(name): "string"}, closed=True)})

    assert not check(f"@event{{Order.{segment(name)}}}", scope, None).problems


@pytest.mark.parametrize("event", ["OrderPlaced", "1stOrder", "_x"])
def test_what_the_editor_offers_can_be_inserted_as_it_is(event: str) -> None:
    shape = EventShape(name=event, json_schema={"properties": {name: {"type": "string"} for name in STRANGE}})
    graph = Graph.model_validate(
        {
            "nodes": [
                {"id": "event-1", "type": "event", "settings": {"event": event}},
                {"id": "condition-1", "type": "condition"},
            ],
            "edges": [{"from": {"node": "event-1", "port": "next"}, "to": "condition-1"}],
        }
    )
    world = World(events={event: shape}, profile_fields={segment("favourite colour"): "string"})

    offered = [field for field in vocabulary(graph, "condition-1", world)["fields"] if field["source"] != "journey"]

    scope = Scope(events={event: shape.schema}, sources={"Profile": {"attributes": world.profile}})
    assert len(offered) > len(STRANGE)
    assert [field["insert"] for field in offered if check(field["insert"], scope, None).problems] == []
