"""What a sender is told: 200 when events are on disk, and otherwise why not and what to do."""

import asyncio
import base64
import gzip

import orjson
import pytest
from django.db import connections

from engine import clock, control
from engine.ingest import app, committer, items
from engine.models import InboxItem, RejectedEvent, WriteKey
from engine.store.connection import connect_async
from tests.senders import door, post

TRACK = {"userId": "ana", "event": "Order"}


def test_events_are_on_disk_before_the_answer(shop):
    reply = shop.post("/v1/batch", {"batch": [{"type": "track", **TRACK}, {"type": "identify", "userId": "ben"}]})

    assert (reply.status, reply.body["accepted"], reply.body["rejected"]) == (200, 2, [])
    assert InboxItem.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "bad_json"),
        (b"{", 400, "bad_json"),
        (b"null", 400, "not_an_object"),
        (b'"text"', 400, "not_an_object"),
        (b"\x1f\x8b not gzip at all", 400, "bad_gzip"),
        (gzip.compress(b'{"userId": "ana", "event": "Order"}')[:-12], 400, "bad_json"),
        (b"[" * 100_000, 400, "bad_json"),
        (orjson.dumps({"event": "Order"}), 400, "no_identity"),
        (orjson.dumps({"userId": "ana"}), 400, "no_event_name"),
        (orjson.dumps({**TRACK, "userId": "x" * 301}), 400, "bad_id"),
        (orjson.dumps({**TRACK, "userId": ["ana"]}), 400, "bad_id"),
        (orjson.dumps({**TRACK, "properties": {"a": "\0"}}), 400, "nul_character"),
        (orjson.dumps({**TRACK, "properties": {"a": "x" * items.MOST_ITEM}}), 400, "too_large"),
        (b" " * (app.MOST_BODY + 1), 413, "too_large"),
        (gzip.compress(b" " * (app.MOST_BODY + 1)), 413, "too_large"),
    ],
    ids=[
        *("empty", "half", "null", "text", "no-gzip", "half-gzip", "deep", "nobody", "nameless", "long-id", "list-id"),
        *("nul", "large-item", "large-body", "gzip-bomb"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(shop, body, status, code):
    reply = shop.post("/v1/track", body)

    assert (reply.status, reply.body["code"]) == (status, code)
    assert reply.body["success"] is False
    assert not InboxItem.objects.exists()


def test_too_many_at_once_are_refused_before_they_are_looked_at(shop):
    reply = shop.post("/v1/batch", {"batch": [1] * (items.MOST_ITEMS + 1)})

    assert (reply.status, reply.body["code"]) == (413, "too_many")
    assert not RejectedEvent.objects.exists()


def test_a_bad_item_is_refused_alone_and_kept_for_a_person_to_see(shop):
    batch = [{"type": "track", **TRACK}, {"type": "wave", "userId": "ana"}, 7, {"type": "track", **TRACK}]

    reply = shop.post("/v1/batch", {"batch": batch})

    assert (reply.status, reply.body["accepted"]) == (200, 2)
    refused = [(found["index"], found["code"]) for found in reply.body["rejected"]]
    assert refused == [(1, "unknown_type"), (2, "not_an_object")]
    kept = RejectedEvent.objects.order_by("id").values_list("dialect", "code", "item", "sandbox_id")
    assert list(kept) == [
        ("tracking", "unknown_type", '{"type":"wave","userId":"ana"}', shop.sandbox.pk),
        ("tracking", "not_an_object", "7", shop.sandbox.pk),
    ]


def test_the_text_of_an_escape_is_no_nul_character(shop):
    reply = shop.post("/v1/track", rb'{"userId": "ana", "event": "Order", "properties": {"a": "\\u0000"}}')

    assert reply.status == 200
    assert InboxItem.objects.count() == 1


@pytest.mark.parametrize("path", ["/v1/track", "/v1/t", "/api/public/apps/track", "/api/s/track", "/api/s/s2s/track"])
def test_the_paths_of_the_tracking_dialect(shop, path):
    assert shop.post(path, TRACK).status == 200


def test_only_post_is_taken(shop):
    reply = shop.post("/v1/track", TRACK, headers={}, method="GET")

    assert (reply.status, reply.headers["allow"]) == (405, "POST")
    assert shop.post("/v1/track", b"", method="OPTIONS").status == 200


def basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


@pytest.mark.parametrize(
    "showing",
    [
        lambda key: ({"authorization": basic(f"{key}:")}, {}, ""),
        lambda key: ({"authorization": basic(f"{key}:secret")}, {}, ""),
        lambda key: ({"authorization": f"Basic {key}"}, {}, ""),
        lambda key: ({"authorization": f"bearer  {key} "}, {}, ""),
        lambda key: ({"x-write-key": key}, {}, ""),
        lambda key: ({"x-write-key": f"{key}:secret"}, {}, ""),
        lambda key: ({}, {"writeKey": key}, ""),
        lambda key: ({}, {"api_key": key}, ""),
        lambda key: ({}, {}, f"?writeKey={key}"),
    ],
    ids=["basic", "basic-secret", "basic-plain", "bearer", "header", "header-secret", "writeKey", "api_key", "address"],
)
def test_the_key_is_found_wherever_libraries_put_it(shop, showing):
    headers, more, query = showing(shop.key)

    assert shop.post(f"/v1/track{query}", {**TRACK, **more}, headers={"authorization": "", **headers}).status == 200


def test_without_a_key_or_with_a_wrong_one_nothing_is_taken(shop):
    missing = shop.post("/v1/track", TRACK, headers={"authorization": ""})
    wrong = shop.post("/v1/track", TRACK, key="wrong")
    control.revoke_write_key(sandbox_id=shop.sandbox.pk, key_id=WriteKey.objects.get().pk, now=clock.now())
    revoked = shop.post("/v1/track", TRACK)

    assert [reply.status for reply in (missing, wrong, revoked)] == [401, 401, 401]
    assert missing.body["code"] == "no_write_key"
    assert wrong.body["code"] == revoked.body["code"] == "bad_write_key"
    assert not InboxItem.objects.exists()


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded", ""])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_json_is_read_whatever_it_is_called(shop, content_type, pack):
    reply = shop.post("/v1/track", pack(orjson.dumps(TRACK)), headers={"content-type": content_type})

    assert reply.status == 200


def test_a_form_carries_its_json_in_a_field(shop):
    form = b"data=%7B%22userId%22%3A%22ana%22%2C%22event%22%3A%22Order%22%7D&ip=1"

    reply = shop.post("/v1/track", form, headers={"content-type": "application/x-www-form-urlencoded"})

    assert reply.status == 200


def test_when_too_much_waits_senders_are_asked_to_come_back(shop, settings):
    settings.INBOX_LIMIT = 2
    shop.post("/v1/batch", {"batch": [{"type": "track", **TRACK}] * 3})

    full = shop.post("/v1/track", TRACK)
    shop.runs()
    free = shop.post("/v1/track", TRACK)

    assert (full.status, full.body["code"], full.headers["retry-after"]) == (429, "full", "2")
    assert free.status == 200
    assert InboxItem.objects.count() == 1


def test_a_database_that_does_not_answer_is_said_and_nothing_is_lost(shop):
    reached = connections["default"].settings_dict
    before, reached["NAME"] = reached["NAME"], "there_is_none"
    try:
        reply = shop.post("/v1/track", TRACK)
    finally:
        reached["NAME"] = before

    assert (reply.status, reply.body["code"], reply.headers["retry-after"]) == (503, "unavailable", "2")


@pytest.mark.parametrize("held", ["engine_seen_message", "engine_writekey"], ids=["writing", "looking up the key"])
def test_behind_a_database_that_hangs_nobody_waits_for_ever_and_what_is_sent_again_counts_once(shop, monkeypatch, held):
    monkeypatch.setattr(committer, "PATIENCE", 0.3)
    monkeypatch.setattr(app, "PATIENCE", 0.3)
    event = {**TRACK, "messageId": "order-1"}
    shown = {"authorization": f"Bearer {shop.key}"}

    async def hang_and_go_on():
        async with door() as ingest:
            async with await connect_async() as holding:
                await holding.execute(f"LOCK TABLE {held}")
                hanging = [await post(ingest, "/v1/track", event, headers=shown) for _ in range(3)]
            while (reply := await post(ingest, "/v1/track", event, headers=shown)).status == 503:
                await asyncio.sleep(0.01)
            return hanging, reply

    hanging, reply = asyncio.run(asyncio.wait_for(hang_and_go_on(), 20))

    assert {(one.status, one.body["code"]) for one in hanging} == {(503, "unavailable")}
    assert reply.status == 200
    assert InboxItem.objects.count() == 1
