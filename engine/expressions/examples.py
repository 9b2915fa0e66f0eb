"""The journey that the examples of the functions speak of: what it knows, about whom, and when."""

from datetime import UTC, datetime
from random import Random

from engine.expressions.facts import Facts
from engine.expressions.schema import Schema, Scope

NOW = datetime(2026, 1, 15, 10, tzinfo=UTC)

SCOPE = Scope(
    events={"Cart": Schema({"items": "list<object>", "items.color": "string", "items.price": "decimal"}, closed=True)}
)


def facts() -> Facts:
    """A cart of three things, of a person among the gold customers."""
    items: list[object] = [
        {"color": "red", "price": 10.0},
        {"color": "green", "price": 20.0},
        {"color": "blue", "price": 15.5},
    ]
    return Facts({"Cart": {"items": items}}, {}, {}, {}, {}, {}, {"Gold customers": "realized"}, NOW, Random(1))
