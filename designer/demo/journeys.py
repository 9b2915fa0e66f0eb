"""The journeys of the shop. Where a shop would wait days they wait minutes, so that the canvas is seen moving."""

from datetime import datetime
from typing import Any

from designer.demo import audiences, letters

Graph = dict[str, Any]
COLUMN, ROW = 264, 160  # nodes are 208 px wide; one with two ways out and its numbers below is 146 px high


def welcome() -> Graph:
    """Welcome series: greet, wait, and nudge those who have not ordered yet."""
    return _graph(
        [
            _node("event-1", "event", 0, 1, "Signed up", event="SignedUp"),
            _node("email-1", "email", 1, 1, "Welcome", **letters.WELCOME, error_path=True),
            _node("wait-1", "wait", 2, 1, "Two minutes", duration="PT2M"),
            _node(
                "condition-1", "condition", 3, 1, "Ordered already?", other_cases=True,
                paths=[{"id": "customer", "label": "Has ordered", "condition": "#{Profile.attributes.orders} > 0"}],
            ),
            _node("update-profile-1", "update-profile", 4, 0, "Mark as customer",
                  fields=[{"field": "segment", "value": '"customer"'}]),
            _node("email-2", "email", 4, 1, "Ten percent off", **letters.FIRST_ORDER),
            _node("update-profile-2", "update-profile", 2, 2, "Mark as unreachable",
                  fields=[{"field": "reachable", "value": "false"}]),
        ],
        "event-1.next > email-1",
        "email-1.next > wait-1",
        "email-1.error > update-profile-2",
        "wait-1.next > condition-1",
        "condition-1.customer > update-profile-1",
        "condition-1.other > email-2",
        ends={"email-2.next": "Nudged", "update-profile-1.next": "Customer"},
    )  # fmt: skip


def abandoned_cart() -> Graph:
    """Abandoned cart: an order in time ends it; else a reminder, and for those who still wait, one of two offers."""
    return _graph(
        [
            _node("event-1", "event", 0, 1, "Cart filled", event="CartUpdated"),
            _node("event-2", "event", 1, 1, "Order within a minute?",
                  event="OrderCompleted", timeout="PT1M", timeout_path=True),
            _node("email-1", "email", 2, 2, "Reminder", **letters.REMINDER),
            _node("event-3", "event", 3, 1, "Order after all", event="OrderCompleted"),
            _node("wait-1", "wait", 3, 3, "Two more minutes", duration="PT2M"),
            _node("update-profile-1", "update-profile", 4, 1, "Note the rescue",
                  fields=[{"field": "carts_rescued", "value": _one_more("carts_rescued")}]),
            _node("percentage-split-1", "percentage-split", 4, 3, "Which offer?",
                  splits=[{"id": "shipping", "label": "Free shipping", "share": 50},
                          {"id": "discount", "label": "5 % off", "share": 50}]),
            _node("email-2", "email", 5, 2, "Free shipping", **letters.FREE_SHIPPING),
            _node("email-3", "email", 5, 3, "5 % off", **letters.FIVE_PERCENT),
        ],
        "event-1.next > event-2",
        "event-2.timeout > email-1",
        "email-1.next > event-3",
        "email-1.next > wait-1",
        "event-3.next > update-profile-1",
        "wait-1.next > percentage-split-1",
        "percentage-split-1.shipping > email-2",
        "percentage-split-1.discount > email-3",
        ends={"event-2.next": "Bought by themselves", "update-profile-1.next": "Rescued"},
    )  # fmt: skip


def order_thanks(warehouse: str) -> Graph:
    """Order thank-you: tell the warehouse (`warehouse` is its address), then thank, larger orders more warmly."""
    return _graph(
        [
            _node("event-1", "event", 0, 1, "Order paid", event="OrderCompleted"),
            _node("custom-action-1", "custom-action", 1, 1, "Tell the warehouse",
                  method="POST", url=warehouse, error_path=True,
                  body=[{"name": "order.id", "value": "@event{OrderCompleted.properties.order_id}"},
                        {"name": "order.total", "value": "@event{OrderCompleted.properties.total}"},
                        {"name": "customer.id", "value": "@event{OrderCompleted.userId}"},
                        {"name": "customer.city", "value": "#{Profile.attributes.city}"},
                        {"name": "source", "value": '"journeyopt"'}],
                  headers=[{"name": "X-Journey", "value": "${journeyVersionName}"}]),
            _node("condition-1", "condition", 2, 1, "How large?", other_cases=True,
                  paths=[{"id": "large", "label": "150 EUR and more",
                          "condition": "@event{OrderCompleted.properties.total} >= 150"}]),
            _node("email-1", "email", 3, 0, "Warm thanks", **letters.THANKS_BIG),
            _node("email-2", "email", 3, 1, "Thanks", **letters.THANKS),
            _node("update-profile-1", "update-profile", 4, 1, "Count the order",
                  fields=[{"field": "orders", "value": _one_more("orders")},
                          {"field": "last_order_at", "value": "now()"}]),
            _node("update-profile-2", "update-profile", 2, 2, "For the help desk",
                  fields=[{"field": "needs_help", "value": "true"}]),
        ],
        "event-1.next > custom-action-1",
        "custom-action-1.next > condition-1",
        "custom-action-1.error > update-profile-2",
        "condition-1.large > email-1",
        "condition-1.other > email-2",
        "email-1.next > update-profile-1",
        "email-2.next > update-profile-1",
        ends={"update-profile-1.next": "Thanked", "update-profile-2.next": "Help desk"},
    )  # fmt: skip


def win_back(starts_at: datetime) -> Graph:
    """Win back: every day, from then on, who reads the newsletter and bought nothing lately gets an offer."""
    return _graph(
        [
            _node("read-audience-1", "read-audience", 0, 1, "Readers to win back", audience=audiences.LOST,
                  namespace="userId", reading_rate=500, schedule="daily", starts_at=starts_at.isoformat()),
            _node("email-1", "email", 1, 1, "We miss you", **letters.MISSED),
            _node("audience-qualification-1", "audience-qualification", 2, 0, "Buys again",
                  audience=audiences.LATELY, behaviour="enter"),
            _node("wait-1", "wait", 2, 1, "Five minutes", duration="PT5M"),
            _node("update-profile-1", "update-profile", 3, 0, "Note the return",
                  fields=[{"field": "won_back", "value": "true"}]),
        ],
        "read-audience-1.next > email-1",
        "email-1.next > audience-qualification-1",
        "email-1.next > wait-1",
        "audience-qualification-1.next > update-profile-1",
        ends={"update-profile-1.next": "Won back", "wait-1.next": "Not this time"},
    )  # fmt: skip


def _one_more(attribute: str) -> str:
    return f"#{{Profile.attributes.{attribute}, defaultValue : 0}} + 1"


def _node(id: str, type: str, column: int, row: int, label: str, **settings: Any) -> dict[str, Any]:
    return {
        "id": id,
        "type": type,
        "label": label,
        "description": "",
        "settings": settings,
        "position": {"x": column * COLUMN, "y": row * ROW},
    }


def _graph(nodes: list[dict[str, Any]], *lines: str, ends: dict[str, str]) -> Graph:
    """A graph from nodes and lines such as 'event-1.next > wait-1'."""
    edges = []
    for line in lines:
        source, _, target = line.partition(" > ")
        edges.append({"from": _port(source), "to": target})
    return {
        "nodes": nodes,
        "edges": edges,
        "ends": [{"from": _port(port), "label": label} for port, label in ends.items()],
    }


def _port(text: str) -> dict[str, str]:
    node, _, port = text.partition(".")
    return {"node": node, "port": port}
