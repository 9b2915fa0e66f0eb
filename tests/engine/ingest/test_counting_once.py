"""Clients retry, and their clocks are wrong: an event counts once, at the moment it happened."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.ingest.items import moment_of, occurred_at
from engine.models import Event

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_the_same_message_id_counts_once_in_one_batch_in_two_and_across_dialects(shop):
    track = {"type": "track", "userId": "ana", "event": "Order", "messageId": "m1"}

    shop.post("/v1/batch", {"batch": [track, track, {**track, "messageId": "m2"}]})
    again = shop.post("/v1/batch", {"batch": [track]})
    shop.post("/capture/", {"event": "Order", "distinct_id": "ana", "uuid": "m1"})
    shop.post("/inlet", {
        "header": {"msgId": "m1"}, "body": {"xdmEntity": {"identityMap": {"userId": [{"id": "ana"}]}}},
    })  # fmt: skip
    shop.runs()

    assert again.status == 200
    assert sorted(Event.objects.values_list("message_id", flat=True)) == ["m1", "m2"]


def test_without_an_id_every_call_counts(shop):
    shop.tracks("Order", "ana")
    shop.tracks("Order", "ana")
    shop.runs()

    assert Event.objects.count() == 2


def test_one_id_in_two_sandboxes_is_two_events(shop):
    from tests.cast import Shop

    other = Shop("other")
    for place in (shop, other):
        place.post("/v1/track", {"userId": "ana", "event": "Order", "messageId": "m1"})
    shop.runs()
    other.close()

    assert Event.objects.values("sandbox_id").distinct().count() == 2


@pytest.mark.parametrize(
    ("said", "sent_at", "expected"),
    [
        ("2026-11-24T11:58:00Z", None, NOON - 2 * MINUTE),
        ("2026-11-24T11:58:00Z", "2026-11-24T12:00:00Z", NOON - 2 * MINUTE),
        ("2026-11-25T11:58:00Z", "2026-11-25T12:00:00Z", NOON - 2 * MINUTE),  # a clock a day ahead
        ("2020-01-01T00:00:00Z", "2020-01-01T00:01:00Z", NOON - MINUTE),  # a clock years behind
        ("2026-11-24T12:58:00+01:00", None, NOON - 2 * MINUTE),
        ("2026-11-24T11:58:00", None, NOON - 2 * MINUTE),  # no zone: UTC
        (1_795_521_480_000, None, NOON - 2 * MINUTE),
        ("2026-11-24T12:05:00Z", None, NOON),  # nothing has happened in the future
        ("2026-11-24T12:05:00Z", "2026-11-24T12:00:00Z", NOON),
        ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", NOON),
        ("0001-01-01T00:00:00Z", None, NOON),
        (None, None, NOON),
        ("yesterday", "today", NOON),
        (True, [], NOON),
    ],
)
def test_when_it_happened(said, sent_at, expected):
    assert occurred_at(said, sent_at, NOON) == expected


@pytest.mark.parametrize("said", ["", "x", [], {}, None, True, 1e400, -1e300, float("nan")])
def test_what_is_no_moment(said):
    assert moment_of(said) is None
