"""The tracking dialect of Segment and those compatible with it (RudderStack, Customer.io, Dittofeed, Jitsu).

identify, track, page, screen, group, alias, one at a time or in a batch. The dialect's own documentation calls this the
HTTP Tracking API.
"""

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

TYPES = ("identify", "track", "page", "screen", "group", "alias")
SHORT = {"i": "identify", "t": "track", "p": "page", "s": "screen", "g": "group", "a": "alias", "b": "batch"}
LIFTED = ("event", "name", "category", "groupId", "previousId")
LINKING: dict[str, Links] = {"identify": "identify", "alias": "alias"}
MAY_BELONG_TO_NOBODY = ("track", "page", "screen")
NAME = "tracking"
NOBODY = "Say who it is: userId or anonymousId."


def call_of(path: str) -> str | None:
    """'track', 'batch', … for a path of this dialect; None for others."""
    parts = path.strip("/").split("/")
    if len(parts) == 2 and parts[0] == "v1":
        call = SHORT.get(parts[1], parts[1])
    elif len(parts) == 4 and parts[:3] == ["api", "public", "apps"]:
        call = parts[3]
    elif len(parts) in (3, 4) and parts[:2] == ["api", "s"] and (len(parts) == 3 or parts[2] == "s2s"):
        call = parts[-1]
    else:
        return None
    return call if call in TYPES or call in ("batch", "import") else None


def understand(call: str, body: dict[str, Any], received_at: datetime) -> Understood:
    """The events of one request."""
    found = Understood(NAME)
    if call in ("batch", "import"):
        items = items_in(body, "batch")
        common = object_in(body, "context")
    else:
        items, common = [body], {}
    sent_at = body.get("sentAt")
    for index, item in enumerate(items):
        try:
            if not isinstance(item, dict):
                raise Refused("not_an_object", "An event is a JSON object.")
            kind = item.get("type", call)
            if call not in ("batch", "import"):
                kind = call
            found.take(index, _event(kind, item, common, sent_at, received_at), item, nobody=NOBODY)
        except Refused as refused:
            found.reject(index, refused, item)
    return found


def _event(kind: Any, item: dict[str, Any], common: dict[str, Any], sent_at: Any, received_at: datetime) -> Incoming:
    if kind not in TYPES:
        raise Refused("unknown_type", f"The type is one of {', '.join(TYPES)}.")
    user, anonymous = text_id(item.get("userId"), "userId"), text_id(item.get("anonymousId"), "anonymousId")
    previous = text_id(item.get("previousId"), "previousId")
    if not user and not anonymous and kind not in MAY_BELONG_TO_NOBODY:
        raise Refused("no_identity", NOBODY)
    properties = object_in(item, "properties")
    name = item.get("event") if kind == "track" else item.get("name") or properties.get("name") or kind
    if kind == "track" and (not isinstance(name, str) or not name.strip()):
        raise Refused("no_event_name", "A track call names its event in `event`.")
    if kind == "alias" and not previous:
        raise Refused("no_previous_id", "An alias call names the former id in `previousId`.")
    context = object_in(item, "context")
    if common:
        context = {**common, **context}
    traits = item.get("traits") or context.get("traits")
    happened = occurred_at(item.get("timestamp"), item.get("sentAt") or sent_at, received_at)
    message_id = message_id_of(item.get("messageId"))
    payload: dict[str, Any] = {
        "_id": message_id,
        "type": kind,
        "timestamp": happened,
        "userId": user,
        "anonymousId": anonymous,
        "properties": properties,
        "traits": traits if isinstance(traits, dict) else {},
        "context": context,
    }
    for field in LIFTED:
        if item.get(field) is not None:
            payload[field] = item[field]
    return Incoming(
        message_id=message_id,
        name=str(name)[:200],
        body=body_of(payload),
        identities=_identities(kind, user, anonymous, previous),
        links=LINKING.get(kind, ""),
        occurred_at=happened,
    )


def _identities(
    kind: str, user: str | None, anonymous: str | None, previous: str | None
) -> tuple[tuple[str, str], ...]:
    found = []
    if user:
        found.append(("userId", user))
    if anonymous:
        found.append(("anonymousId", anonymous))
    if kind == "alias" and previous and previous not in (user, anonymous):
        found.append(("previousId", previous))  # settled by the committer: a user id if there is one, else anonymous
    return tuple(found)
