"""Telling the product what people do, as a website would: with Segment's client library, unmodified."""

from typing import Any

from segment.analytics.client import Client

from engine.models import Identity, InboxItem
from tests.cast import Shop
from tests.processes import Product, wait_until


def identify(product: Product, shop: Shop, user: str, **traits: Any) -> None:
    """Say who somebody is, and wait until they are known."""
    with Sender(product, shop) as client:
        client.identify(user, traits)
    wait_until(
        lambda: Identity.objects.filter(value=user).exists() and not InboxItem.objects.exists(), f"{user} is known"
    )


def track(product: Product, shop: Shop, event: str, *users: str, **properties: Any) -> None:
    """Say that people did something; what is said is accepted when this returns."""
    with Sender(product, shop) as client:
        for user in users:
            client.track(user, event, properties)


class Sender:
    """Segment's client, sending to the product; it has sent everything when the block ends, or the test fails."""

    def __init__(self, product: Product, shop: Shop) -> None:
        self.failures: list[Exception] = []
        self.client = Client(
            shop.key, host=product.url, gzip=True, on_error=lambda error, items: self.failures.append(error)
        )

    def __enter__(self) -> Client:
        return self.client

    def __exit__(self, *failure: object) -> None:
        self.client.shutdown()
        assert not self.failures
