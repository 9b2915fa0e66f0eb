"""Senders of events, for tests: the event endpoint called as a web server calls it."""

from collections.abc import Iterable
from contextlib import asynccontextmanager
from typing import Any

import orjson

from engine.ingest.app import Ingest
from tests.cast import Reply


@asynccontextmanager
async def door():
    """The event endpoint, open for the length of the block."""
    ingest = Ingest()
    await ingest.start()
    try:
        yield ingest
    finally:
        await ingest.stop()


async def post(
    ingest: Ingest,
    path: str,
    body: Any,
    *,
    headers: dict[str, str] | None = None,
    method: str = "POST",
    parts: Iterable[bytes] | None = None,
) -> Reply:
    """One request. `body`: bytes as they are, anything else as JSON; `parts`: the body in pieces."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    pieces = list(parts) if parts is not None else [raw]
    messages = [
        {"type": "http.request", "body": piece, "more_body": index < len(pieces) - 1}
        for index, piece in enumerate(pieces)
    ]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in (headers or {}).items()],
    }
    await ingest(scope, receive, send)
    return Reply(
        sent[0]["status"],
        orjson.loads(sent[1]["body"]),
        {name.decode(): value.decode() for name, value in sent[0]["headers"]},
    )
