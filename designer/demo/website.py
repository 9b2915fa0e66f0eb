"""The shop's website, played: visitors sign up, fill carts and order; a client library tells the event endpoint."""

import random
import time
from collections.abc import Callable
from typing import Any

from segment.analytics.client import Client

from designer.demo.people import COUNT, person

PRODUCTS = (
    ("Linen shirt", 49.0), ("Wool socks", 12.5), ("Rain jacket", 129.0), ("Tea mug", 14.0), ("Canvas bag", 35.0),
    ("Desk lamp", 79.0), ("Field notes", 9.5), ("Sneakers", 95.0), ("Blanket", 65.0), ("Water bottle", 24.0),
)  # fmt: skip
IMPATIENT, REMINDED = 0.45, 0.25  # shares of those who order at once, and some minutes later; the rest never do
LATER = (75, 150)  # seconds after which the reminded order: behind the reminder, before the offer


class Website:
    """One visitor per tick, at random. Orders that are made later wait in `_later`."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._draw = random.Random()
        self._later: list[tuple[float, str, dict[str, Any]]] = []

    def introduce_everybody(self, say: Callable[[str], None]) -> None:
        """Identify all people of the shop, as an import from an older system would."""
        for number in range(1, COUNT + 1):
            found = person(number)
            self._client.identify(found.id, found.traits)
            if number % 1000 == 0:
                self._client.flush()
                say(f"sender: {number:,} of {COUNT:,} people introduced")

    def tick(self, now: float) -> None:
        """One visitor, and the orders that have come due. `now` in seconds."""
        for due in [order for order in self._later if order[0] <= now]:
            self._later.remove(due)
            self._order(due[1], due[2])
        who = person(self._draw.randint(1, COUNT))
        if self._draw.random() < 0.3:
            self._client.track(
                who.id,
                "Signed Up",
                {"plan": who.traits["plan"], "source": self._draw.choice(("ad", "search", "friend"))},
            )
            return
        cart = self._cart()
        self._client.track(who.id, "Cart Updated", cart)
        chance = self._draw.random()
        if chance < IMPATIENT:
            self._later.append((now + self._draw.uniform(3, 40), who.id, cart))
        elif chance < IMPATIENT + REMINDED:
            self._later.append((now + self._draw.uniform(*LATER), who.id, cart))

    def _cart(self) -> dict[str, Any]:
        chosen = self._draw.sample(PRODUCTS, self._draw.randint(1, 3))
        products = [{"name": name, "price": price, "quantity": self._draw.randint(1, 2)} for name, price in chosen]
        value = round(sum(found["price"] * found["quantity"] for found in products), 2)
        return {"cart_id": f"{self._draw.randrange(16**8):08x}", "value": value, "products": products}

    def _order(self, who: str, cart: dict[str, Any]) -> None:
        self._client.track(
            who,
            "Order Completed",
            {
                "order_id": f"N-{self._draw.randrange(100_000, 999_999)}",
                "total": cart["value"],
                "currency": "EUR",
                "products": cart["products"],
            },
        )


def play(website: Website, *, per_second: float, is_over: Callable[[], bool]) -> None:
    """Tick at this rate until it is over."""
    following = time.monotonic()
    while not is_over():
        website.tick(time.monotonic())
        following += 1 / per_second
        time.sleep(max(0.0, min(1.0, following - time.monotonic())))
