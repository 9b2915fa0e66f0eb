"""10,000 random and mutated bodies: always an answer, never a 500; and the engine turns over what was taken."""

import asyncio
import gzip
import random
from collections import Counter
from typing import Any

import orjson

from engine.models import Event, InboxItem, RejectedEvent
from tests.cast import graph, node
from tests.senders import door, post

SEED = 20_261
BODIES = 10_000
AT_ONCE = 50
PATHS = [
    *(f"/v1/{call}" for call in ("identify", "track", "page", "screen", "group", "alias", "batch", "import")),
    *(f"/v1/{call}" for call in "itpsgab"),
    *("/api/public/apps/batch", "/api/public/apps/track", "/api/s/track", "/api/s/s2s/identify"),
    *("/batch/", "/capture/", "/e/", "/i/v0/e/", "/inlet", "/inlet/batch"),
]
EXAMPLES: list[Any] = [
    {"type": "track", "userId": "ana", "event": "Order", "properties": {"total": 12.5, "items": [{"sku": "a"}]}},
    {"type": "identify", "userId": "ana", "anonymousId": "a-1", "traits": {"email": "ana@example.org", "age": 41}},
    {"type": "alias", "userId": "ana", "previousId": "a-1", "timestamp": "2026-11-24T12:00:00Z", "messageId": "m1"},
    {"type": "page", "anonymousId": "a-2", "name": "Home", "context": {"traits": {"plan": "pro"}}},
    {"event": "$identify", "distinct_id": "ben", "properties": {"$set": {"plan": "pro"}, "$anon_distinct_id": "a-3"}},
    {"event": "$create_alias", "properties": {"distinct_id": "ben", "alias": "a-4"}, "uuid": "u-1"},
    {
        "header": {"msgId": "m2", "schemaRef": {"id": "order"}},
        "body": {
            "xdmEntity": {
                "_id": "x",
                "eventType": "Order",
                "timestamp": "2026-11-24T12:00:00Z",
                "identityMap": {"Email": [{"id": "ana@example.org", "primary": True}], "CRMID": [{"id": "7"}]},
            }
        },
    },
]
ODD: list[Any] = [
    None, True, False, 0, -1, 1e308, 2**63 - 1, -(2**63), 2**64 - 1, "", " ", "\0", "\ud7ff", "\U0010ffff", "�",
    "a\tb\nc\rd\\e\\N\\.", "'; DROP TABLE engine_event; --", "{{7*7}}", "x" * 301, "x" * 5_000, "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59+14:00", "2026-02-30", "NaN", [], {}, [[[]]], {"": ""}, {"a.b": {"c": []}}, [1, "a", None],
    {"$set": 7}, {"id": 1}, [{"id": ""}], {"traits": []}, {"eventID": "00000000-0000-0000-0000-000000000000"},
]  # fmt: skip


def test_no_body_is_a_reason_to_fail(shop):
    shop.defines("Order")
    address = "@event{Mail.traits.email}"
    shop.defines("Mail", f"not isEmpty({address})", namespace="Email", key_expression=address)
    shop.publishes(
        graph(
            [
                node("event-1", event="Order"),
                node("condition-1", paths=[{"id": "big", "condition": "@event{Order.properties.total} > 10"}]),
                node("update-profile-1", fields=[{"field": "total", "value": "@event{Order.properties.total}"}]),
            ],
            "event-1 > condition-1",
            "condition-1.big > update-profile-1",
        )
    )

    statuses, accepted = asyncio.run(send_all(shop.key))
    taken = shop.runs()

    assert set(statuses) == {200, 400}, statuses
    assert statuses[200] > BODIES // 10
    assert taken > BODIES // 10
    assert InboxItem.objects.count() == 0
    assert 0 < Event.objects.values("message_id").distinct().count() <= accepted
    not_ours = RejectedEvent.objects.filter(code="ERROR_SERVICE_INTERNAL").values_list("message", "item")
    assert list(not_ours[:3]) == [], "nothing had to be set aside"


async def send_all(key: str) -> tuple[Counter[int], int]:
    """Every body, over one application; how often each status was answered, and how many events were taken."""
    bodies = Bodies(random.Random(SEED))
    statuses: Counter[int] = Counter()
    accepted = 0
    headers = {"authorization": f"Bearer {key}"}
    async with door() as ingest:
        for _ in range(BODIES // AT_ONCE):
            drawn = [bodies.draw() for _ in range(AT_ONCE)]
            sending = [post(ingest, path, body, headers={**headers, **more}) for path, body, more in drawn]
            replies = await asyncio.wait_for(asyncio.gather(*sending), 20)
            statuses.update(reply.status for reply in replies)
            accepted += sum(reply.body.get("accepted", 0) for reply in replies)
            assert not any(reply.body.get("code") == "not_keepable" for reply in replies)
    return statuses, accepted


class Bodies:
    """Draws requests: a path, a body, headers. Examples with mistakes in them, bytes with holes, noise."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def draw(self) -> tuple[str, bytes, dict[str, str]]:
        chance = self.chance
        path = chance.choice(PATHS)
        value = self._mutated(chance.choice(EXAMPLES), depth=0)
        if chance.random() < 0.5:
            name = chance.choice(("batch", "messages"))
            value = {
                name: [value, *(self._mutated(chance.choice(EXAMPLES), depth=0) for _ in range(chance.randrange(4)))]
            }
        raw = _dumped(value)
        match chance.randrange(4):
            case 0:
                raw = self._damaged(raw)
            case 1 if chance.random() < 0.2:
                raw = chance.randbytes(chance.randrange(200))
        if chance.random() < 0.2:
            raw = gzip.compress(raw, 1)
            if chance.random() < 0.3:
                raw = self._damaged(raw)
        kinds = ("application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "\xff")
        return path, raw, {"content-type": chance.choice(kinds)} if chance.random() < 0.5 else {}

    def _mutated(self, value: Any, depth: int) -> Any:
        """A copy in which, here and there, something else stands, is missing, or stands twice as deep."""
        chance = self.chance
        if chance.random() < 0.06:
            return chance.choice(ODD)
        if depth < 8 and chance.random() < 0.01:
            return self._nested(value, chance.randrange(300))
        if isinstance(value, dict):
            found = {key: self._mutated(inner, depth + 1) for key, inner in value.items() if chance.random() > 0.05}
            if chance.random() < 0.05:
                found[str(chance.choice(ODD))] = chance.choice(ODD)
            return found
        if isinstance(value, list):
            return [self._mutated(inner, depth + 1) for inner in value]
        return f"{value}{chance.randrange(500)}" if isinstance(value, str) and chance.random() < 0.3 else value

    def _nested(self, value: Any, levels: int) -> Any:
        for _ in range(levels):
            value = {"a": value} if self.chance.random() < 0.5 else [value]
        return value

    def _damaged(self, raw: bytes) -> bytes:
        """Some bytes changed, cut out or doubled."""
        found = bytearray(raw)
        for _ in range(self.chance.randrange(1, 4)):
            at = self.chance.randrange(len(found) + 1)
            match self.chance.randrange(3):
                case 0:
                    found[at : at + 1] = self.chance.randbytes(1)
                case 1:
                    del found[at : at + self.chance.randrange(10)]
                case _:
                    found[at:at] = found[at : at + 20]
        return bytes(found)


def _dumped(value: Any) -> bytes:
    import json

    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:  # too deep for it; the standard library has no such limit
        return json.dumps(value).encode("utf-8", "surrogatepass")
