"""The event endpoints in the OpenAPI document. They are plain ASGI (engine/ingest), so no tool can describe them."""

from typing import Any

from engine.ingest.dialects import posthog, tracking

ANSWERS = {
    200: "The events are on disk. `rejected` lists those that were refused, each with its index, code and message.",
    400: "The body cannot be read, or the only event in it was refused.",
    401: "No write key, or one that opens nothing.",
    413: "More than 10 MB, or more than 10,000 events.",
    429: "Too much is waiting; come back after `Retry-After` seconds.",
    503: "The database does not answer; nothing was taken.",
}
REJECTED = {"index": {"type": "integer"}, "code": {"type": "string"}, "message": {"type": "string"}}
ANSWER = {
    "type": "object",
    "properties": {
        "success": {"type": "boolean"},
        "accepted": {"type": "integer"},
        "rejected": {"type": "array", "items": {"type": "object", "properties": REJECTED}},
        "code": {"type": "string"},
        "message": {"type": "string"},
    },
}
TEXT, OBJECT = {"type": "string"}, {"type": "object"}
TRACKING = {
    "userId": {
        "type": "string",
        "description": "Who it is. Only business events (track, page, screen) need neither this nor anonymousId.",
    },
    "anonymousId": TEXT,
    "messageId": {"type": "string", "description": "The same id counts once within 30 days."},
    "timestamp": {"type": "string", "format": "date-time"},
    "context": OBJECT,
}
FIELDS_OF = {
    "track": {"event": TEXT, "properties": OBJECT},
    "identify": {"traits": OBJECT},
    "page": {"name": TEXT, "properties": OBJECT},
    "screen": {"name": TEXT, "properties": OBJECT},
    "group": {"groupId": TEXT, "traits": OBJECT},
    "alias": {"previousId": TEXT},
}


def add(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular's post-processing hook."""
    paths = result["paths"]
    for kind in tracking.TYPES:
        paths[f"/v1/{kind}"] = _post(
            f"event_{kind}", f"One {kind} call of the tracking dialect.", {**TRACKING, **FIELDS_OF[kind]}
        )
    batch = {"batch": {"type": "array", "items": OBJECT}, "sentAt": {"type": "string", "format": "date-time"}}
    paths["/v1/batch"] = _post("event_batch", "Many tracking calls; each has a `type`.", batch)
    named = ", ".join(f"/{path}/" for path in sorted(posthog.PATHS))
    paths["/batch/"] = _post(
        "event_posthog",
        f"The dialect of the PostHog libraries; also {named}.",
        {"api_key": TEXT, "batch": batch["batch"]},
    )
    envelope = {"header": OBJECT, "body": {"type": "object", "properties": {"xdmEntity": OBJECT}}}
    paths["/inlet"] = _post(
        "event_typed",
        "One event in the typed form: an envelope with an identity map, or that of a business event.",
        envelope,
    )
    paths["/inlet/batch"] = _post(
        "event_typed_batch", "Many envelopes.",
        {"messages": {"type": "array", "items": {"type": "object", "properties": envelope}}},
    )  # fmt: skip
    schemes = result.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes["writeKeyBasic"] = {"type": "http", "scheme": "basic", "description": "The write key as user name."}
    schemes["writeKeyBearer"] = {"type": "http", "scheme": "bearer"}
    return result


def _post(operation: str, description: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "post": {
            "operationId": operation,
            "description": description,
            "tags": ["events"],
            "security": [{"writeKeyBasic": []}, {"writeKeyBearer": []}],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"type": "object", "properties": properties}}},
            },
            "responses": {
                str(status): {"description": words, "content": {"application/json": {"schema": ANSWER}}}
                for status, words in ANSWERS.items()
            },
        }
    }
