"""Our own typed form: an envelope with header and body, as the reference's streaming inlet takes it.

POST /inlet with {"header": {...}, "body": {"xdmEntity": {...}}}, or {"messages": [envelope, …]} for many.
"""

from datetime import datetime
from typing import Any

from engine.ingest.items import LONGEST_ID, Incoming, Refused, Understood, body_of, items_in, message_id_of, occurred_at

NAME = "typed"
NOBODY = "Say who it is in `identityMap`: {namespace: [{id, primary}]}."


def call_of(path: str) -> str | None:
    parts = path.strip("/").split("/")
    return {("inlet",): "one", ("inlet", "batch"): "batch"}.get(tuple(parts))


def understand(body: dict[str, Any], received_at: datetime) -> Understood:
    found = Understood(NAME)
    items = items_in(body, "messages") if "messages" in body else [body]
    for index, item in enumerate(items):
        try:
            if not isinstance(item, dict):
                raise Refused("not_an_object", "An envelope is a JSON object.")
            found.take(index, _event(item, received_at), item, nobody=NOBODY)
        except Refused as refused:
            found.reject(index, refused, item)
    return found


def _event(envelope: dict[str, Any], received_at: datetime) -> Incoming:
    header, body = envelope.get("header"), envelope.get("body")
    entity = body.get("xdmEntity") if isinstance(body, dict) else None
    if not isinstance(header, dict) or not isinstance(entity, dict):
        raise Refused("no_entity", "An envelope has `header` and `body.xdmEntity`, both objects.")
    identities = _identities(entity.get("identityMap"))
    reference = header.get("schemaRef")
    schema = reference.get("id") if isinstance(reference, dict) else None
    message_id = message_id_of(header.get("msgId") or entity.get("_id"))
    happened = occurred_at(entity.get("timestamp"), None, received_at)
    event_type = entity.get("eventType")
    return Incoming(
        message_id=message_id,
        name=(event_type if isinstance(event_type, str) and event_type else str(schema or "event"))[:200],
        body=body_of({"_id": message_id, "_schema": schema, **entity, "timestamp": happened}),
        identities=identities,
        links="alias",  # one identityMap names one person
        occurred_at=happened,
    )


def _identities(found: Any) -> tuple[tuple[str, str], ...]:
    """(namespace, id) of an identityMap, the primary one first."""
    if not isinstance(found, dict):
        return ()
    primary: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for namespace, entries in list(found.items())[:20]:
        for entry in entries[:20] if isinstance(entries, list) else ():
            value = entry.get("id") if isinstance(entry, dict) else None
            if not isinstance(value, str) or not value or len(value) > LONGEST_ID or not 0 < len(namespace) <= 60:
                continue
            (primary if entry.get("primary") is True else others).append((namespace, value))
    return tuple(dict.fromkeys(primary + others))
