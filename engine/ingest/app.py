"""The event endpoints: plain ASGI, in front of Django on the same server.

Every answer is a JSON object. 200: the events are on disk (and `rejected` lists those that were refused). 400: the body
cannot be read. 401: the key opens nothing. 413: too large. 429: too much is waiting; come back after `Retry-After`.
503: the database does not answer, or has no room; send it again.
"""

import asyncio
import logging
import time
import zlib
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, LiteralString
from urllib.parse import parse_qsl

import orjson
import psycopg
from django.conf import settings

from engine import clock
from engine.ingest.committer import PATIENCE, Committer, Unavailable, Unkeepable
from engine.ingest.dialects import posthog, tracking, typed
from engine.ingest.items import Refused, Request, Understood
from engine.ingest.keys import WriteKeys, key_in
from engine.memory import rare_collections
from engine.store import connection as connections

log = logging.getLogger(__name__)

MOST_BODY = 10_000_000  # bytes, unpacked
LOOK_AT_BACKLOG = 0.5  # seconds between two looks

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Answer(Exception):
    """What the sender is told."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"success": status == 200, "code": code, "message": message}
        self.headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]


class Ingest:
    """Takes events in. `takes` says which paths are its own; everything else is Django's."""

    def __init__(self) -> None:
        self._keys = WriteKeys()
        self._committer = Committer()
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._opening = asyncio.Lock()
        self._is_full = False
        self._looked_at = float("-inf")

    def takes(self, path: str) -> bool:
        return _dialect(path) is not None

    async def start(self) -> None:
        rare_collections()
        self._committer.start()

    async def stop(self) -> None:
        await self._committer.stop()
        if self._connection is not None:
            await self._connection.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["method"] == "OPTIONS":
                raise Answer(
                    200, "ok", "Go ahead.", access_control_allow_methods="POST", access_control_max_age="86400"
                )
            if scope["method"] != "POST":
                raise Answer(405, "method_not_allowed", "Send events with POST.", allow="POST")
            found = await self._take(scope, receive)
            await _answer(send, 200, found, [])
        except Answer as answer:
            await _answer(send, answer.status, answer.body, answer.headers)
        except Unkeepable:
            body = {
                "success": False,
                "code": "not_keepable",
                "message": "The database refuses part of this request.",
            }
            await _answer(send, 400, body, [])
        except Unavailable:
            body = {"success": False, "code": "unavailable", "message": "Not taken, as far as is known; send it again."}
            await _answer(send, 503, body, [(b"retry-after", b"2")])

    async def _take(self, scope: Scope, receive: Receive) -> dict[str, Any]:
        received_at = clock.now()
        headers = dict(scope["headers"])
        body = _read(await _body(headers, receive), headers)
        key = key_in(headers, dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"))), body)
        if not key:
            raise Answer(401, "no_write_key", "Send a write key: as Basic user, Bearer, or `writeKey` in the body.")
        try:
            sandbox = await self._keys.sandbox_of(key, self._ask)
            await self._look_at_backlog()
        except (psycopg.Error, OSError) as error:  # TimeoutError is one of them
            raise Unavailable from error
        if sandbox is None:
            raise Answer(401, "bad_write_key", "This write key is unknown or was revoked.")
        if self._is_full:
            raise Answer(429, "full", "Too many events are waiting; slow down.", retry_after="2")
        if not isinstance(body, dict):
            raise Answer(400, "not_an_object", "Send a JSON object.")
        understood = _understand(scope["path"], body, received_at)
        request = Request(sandbox, understood.dialect, understood.items, understood.rejections, received_at)
        await self._committer.take(request)
        if request.rejections and not request.items and "batch" not in body and "messages" not in body:
            raise Answer(400, request.rejections[0].code, request.rejections[0].message)
        return {
            "success": True,
            "status": "Ok",
            "accepted": len(request.items),
            "rejected": [
                {"index": found.index, "code": found.code, "message": found.message} for found in request.rejections
            ],
        }

    async def _ask(self, sql: LiteralString, values: list[Any]) -> tuple[Any, ...] | None:
        """The first row. TimeoutError when the database hangs: that connection is not used any more."""
        used = self._connection
        asking = asyncio.ensure_future(self._first_row(sql, values))
        try:
            return await asyncio.wait_for(asyncio.shield(asking), PATIENCE)
        except TimeoutError:
            used = used or self._connection  # none: this question opened it
            if self._connection is used:
                self._connection = None
            asking.add_done_callback(lambda done: _forget(done, used))
            raise

    async def _first_row(self, sql: LiteralString, values: list[Any]) -> tuple[Any, ...] | None:
        async with self._opening:
            connection = self._connection
            if connection is None or connection.closed:
                self._connection = connection = await connections.connect_async(autocommit=True, name="ingest keys")
        rows = await connection.execute(sql, values)
        return await rows.fetchone()

    async def _look_at_backlog(self) -> None:
        """Too much waits: tell senders to slow down rather than let them wait in vain."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_AT_BACKLOG:
            return
        self._looked_at = now
        row = await self._ask(
            "SELECT count(*) FROM (SELECT FROM engine_inbox LIMIT %s) AS waiting", [settings.INBOX_LIMIT]
        )
        self._is_full = row is not None and row[0] >= settings.INBOX_LIMIT


def _forget(done: asyncio.Future[Any], used: psycopg.AsyncConnection[Any] | None) -> None:
    """What a question that nobody waits for any more came to; its connection is let go."""
    if not done.cancelled():
        done.exception()
    if used is not None:
        used.pgconn.finish()


@lru_cache(1_000)
def _dialect(path: str) -> str | None:
    if tracking.call_of(path):
        return tracking.NAME
    if posthog.call_of(path):
        return posthog.NAME
    return typed.NAME if typed.call_of(path) else None


def _understand(path: str, body: dict[str, Any], received_at: Any) -> Understood:
    try:
        match _dialect(path):
            case tracking.NAME:
                call = tracking.call_of(path)
                assert call is not None
                return tracking.understand(call, body, received_at)
            case posthog.NAME:
                return posthog.understand(body, received_at)
            case _:
                return typed.understand(body, received_at)
    except Refused as refused:
        raise Answer(413 if refused.code == "too_many" else 400, refused.code, refused.message) from refused


async def _body(headers: dict[bytes, bytes], receive: Receive) -> bytes:
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > MOST_BODY:
        raise Answer(413, "too_large", f"Send at most {MOST_BODY} bytes in one request.")
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Answer(400, "cut_off", "The request ended too early.")
        part = message.get("body", b"")
        size += len(part)
        if size > MOST_BODY:
            raise Answer(413, "too_large", f"Send at most {MOST_BODY} bytes in one request.")
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts) if len(parts) > 1 else part


def _read(raw: bytes, headers: dict[bytes, bytes]) -> Any:
    """The JSON of a body. Packed bodies are known by their first bytes: libraries forget to say so."""
    if raw[:2] == b"\x1f\x8b":
        unpacker = zlib.decompressobj(wbits=31)
        try:
            raw = unpacker.decompress(raw, MOST_BODY)
        except zlib.error:
            raise Answer(400, "bad_gzip", "The body is not gzip, though it begins like it.") from None
        if unpacker.unconsumed_tail:
            raise Answer(413, "too_large", f"Send at most {MOST_BODY} bytes in one request.")
    if headers.get(b"content-type", b"").startswith(b"application/x-www-form-urlencoded") and raw[:1] not in (
        b"{",
        b"[",
    ):
        raw = dict(parse_qsl(raw.decode("utf-8", "replace"))).get("data", "").encode()
    try:
        found = orjson.loads(raw)
    except (orjson.JSONDecodeError, RecursionError):
        raise Answer(400, "bad_json", "The body is not JSON.") from None
    return {"batch": found} if isinstance(found, list) else found


async def _answer(send: Send, status: int, body: dict[str, Any], headers: list[tuple[bytes, bytes]]) -> None:
    content = orjson.dumps(body)
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(content)).encode()),
                (b"access-control-allow-origin", b"*"),
                (b"access-control-allow-headers", b"*"),
                *headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": content})
