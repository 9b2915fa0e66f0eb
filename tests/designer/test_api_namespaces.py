"""The namespaces that the canvas offers: of people for who enters, of things for what a run is about."""

import pytest
from django.test import Client

from engine.models import Namespace, Sandbox


@pytest.mark.parametrize(
    ("query", "codes"), [("", ["userId"]), ("?of=people", ["userId"]), ("?of=things", ["BookingId"])]
)
def test_those_of_people_and_those_of_things_are_asked_for_apart(
    browser: Client, shop: Sandbox, elsewhere: Sandbox, query: str, codes: list[str]
) -> None:
    for sandbox, code, is_people_based in (
        (shop, "userId", True),
        (shop, "BookingId", False),
        (elsewhere, "Ours", False),
    ):
        Namespace.objects.create(sandbox=sandbox, code=code, title=code, is_people_based=is_people_based)

    found = browser.get(f"/api/namespaces/{query}").json()["results"]

    assert [one["code"] for one in found] == codes
