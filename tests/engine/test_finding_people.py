"""People are found by the beginning of an identity, through the index, whatever its namespace."""

import pytest
from django.db import connection, transaction

from engine import control
from engine.models import Identity, Profile
from engine.reporting.people import matching_profiles
from engine.store.queries import query
from tests.cast import Shop


@pytest.fixture
def shop(committed):
    shop = Shop()
    yield shop
    shop.close()


def test_the_beginning_of_any_identity_finds_its_person(shop):
    shop.post("/v1/identify", {"userId": "ana-7", "anonymousId": "browser-9", "traits": {"email": "ana@example.org"}})
    shop.post("/v1/identify", {"userId": "bob-7", "traits": {"email": "Bob@example.org"}})
    shop.runs()
    owner = dict(Identity.objects.values_list("value", "profile_id"))

    assert matching_profiles(shop.sandbox.pk, "ana", 10) == [owner["ana-7"]]
    assert matching_profiles(shop.sandbox.pk, "browser-9", 10) == [owner["ana-7"]]
    assert matching_profiles(shop.sandbox.pk, "bob@", 10) == [owner["bob-7"]]
    assert matching_profiles(shop.sandbox.pk, "%", 10) == []
    assert matching_profiles(shop.sandbox.pk + 1, "ana", 10) == []


def test_it_is_found_by_the_index_alone(shop):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        asked = {"sandbox": shop.sandbox.pk, "text": "ana", "most": 10}
        cursor.execute("EXPLAIN " + query("people/begins_with").decode(), asked)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "namespace = kind.namespace) AND (value >= 'ana'" in plan
    assert "Seq Scan" not in plan


def test_merged_profiles_are_one_person(shop):
    shop.post("/v1/track", {"anonymousId": "browser-9", "event": "Looked"})
    shop.post("/v1/identify", {"userId": "ana-7"})
    shop.post("/v1/identify", {"userId": "ana-7", "anonymousId": "browser-9"})
    shop.runs()

    older, younger = Profile.objects.order_by("id").values_list("id", flat=True)
    assert control.export_profile(sandbox_id=shop.sandbox.pk, profile_id=younger)["profile"]["id"] == str(older)
