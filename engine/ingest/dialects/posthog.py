"""The dialect of the PostHog libraries: `distinct_id`, `$set`, `$identify`, one event or a batch."""

from datetime import datetime
from typing import Any

from engine.ingest.items import (
    Incoming,
    Links,
    Refused,
    Understood,
    body_of,
    items_in,
    message_id_of,
    object_in,
    occurred_at,
    text_id,
)

MAY_BELONG_TO_NOBODY = ("track", "page", "screen")
NAME = "posthog"
NOBODY = "Say who it is: distinct_id."
LINKING: dict[str, Links] = {"identify": "identify", "alias": "alias"}
PATHS = {"batch", "capture", "i/v0/e", "e", "i/v1/analytics/events"}
TYPE_OF = {"$identify": "identify", "$set": "identify", "$pageview": "page", "$screen": "screen",
           "$create_alias": "alias", "$groupidentify": "group"}  # fmt: skip


def call_of(path: str) -> str | None:
    return "batch" if path.strip("/") in PATHS else None


def understand(body: dict[str, Any], received_at: datetime) -> Understood:
    found = Understood(NAME)
    items = items_in(body, "batch") if "batch" in body else [body]
    sent_at = body.get("sent_at") or body.get("sentAt")
    for index, item in enumerate(items):
        try:
            if not isinstance(item, dict):
                raise Refused("not_an_object", "An event is a JSON object.")
            found.take(index, _event(item, sent_at, received_at), item, nobody=NOBODY)
        except Refused as refused:
            found.reject(index, refused, item)
    return found


def _event(item: dict[str, Any], sent_at: Any, received_at: datetime) -> Incoming:
    properties = object_in(item, "properties")
    name = item.get("event")
    if not isinstance(name, str) or not name.strip():
        raise Refused("no_event_name", "An event has a name in `event`.")
    person = text_id(item.get("distinct_id") or properties.get("distinct_id"), "distinct_id")
    kind = TYPE_OF.get(name, "track")
    if not person and kind not in MAY_BELONG_TO_NOBODY:
        raise Refused("no_identity", NOBODY)
    anonymous = text_id(properties.get("$anon_distinct_id"), "$anon_distinct_id")
    other = text_id(properties.get("alias"), "alias") if kind == "alias" else None
    traits = {**object_in(properties, "$set_once"), **object_in(properties, "$set"), **object_in(item, "$set")}
    happened = occurred_at(item.get("timestamp"), sent_at, received_at)
    message_id = message_id_of(item.get("uuid") or item.get("messageId"))
    payload = {
        "_id": message_id,
        "type": "identify" if traits else kind,
        "event": name,
        "timestamp": happened,
        "userId": person,
        "anonymousId": anonymous,
        "properties": properties,
        "traits": traits,
        "context": {},
    }
    identities = [("userId", person)] if person else []
    if person and anonymous and anonymous != person:
        identities.append(("anonymousId", anonymous))
    if person and other and other != person:
        identities.append(("previousId", other))
    return Incoming(
        message_id=message_id,
        name=name[:200],
        body=body_of(payload),
        identities=tuple(identities),
        links=LINKING.get(kind, ""),
        occurred_at=happened,
    )
