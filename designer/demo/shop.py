"""The shop's sandbox: where it works, and which events its website sends."""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from engine import control
from engine.models import EventDefinition, Sandbox

SANDBOX, TITLE = "northwind", "Northwind Shop"


def define_events(sandbox: Sandbox) -> None:
    """The events of the website, made unless they are there."""
    with transaction.atomic():
        for name, said, description, fields in EVENTS:
            EventDefinition.objects.get_or_create(
                sandbox=sandbox,
                name=name,
                defaults={
                    "description": description,
                    "rule": f'@event{{{name}.event}} == "{said}"',
                    "namespace": "userId",
                    "schema": _schema(fields),
                },
            )
        control.changed()


def make_write_key(sandbox: Sandbox, *, by: User) -> str:
    return control.make_write_key(sandbox_id=sandbox.pk, name="Website (demo)", by=by.get_username())


def _schema(fields: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "event": {"type": "string"},
            "userId": {"type": "string"},
            "timestamp": {"type": "string", "format": "date-time"},
            "properties": {"type": "object", "properties": fields},
        },
    }


TEXT, NUMBER = {"type": "string"}, {"type": "number"}
PRODUCTS = {
    "type": "array",
    "items": {"type": "object", "properties": {"name": TEXT, "price": NUMBER, "quantity": {"type": "integer"}}},
}

# name, what the website calls it, description, fields of `properties`
EVENTS: tuple[tuple[str, str, str, dict[str, dict[str, Any]]], ...] = (
    ("SignedUp", "Signed Up", "Somebody opened an account.", {"plan": TEXT, "source": TEXT}),
    (
        "CartUpdated",
        "Cart Updated",
        "Something was put into the cart.",
        {"cart_id": TEXT, "value": NUMBER, "products": PRODUCTS},
    ),
    (
        "OrderCompleted",
        "Order Completed",
        "An order was paid.",
        {"order_id": TEXT, "total": NUMBER, "currency": TEXT, "products": PRODUCTS},
    ),
)
