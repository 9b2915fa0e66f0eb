"""Write keys in memory: which sandbox a key opens, looked up again every few seconds so that a revoked one stops."""

import base64
import binascii
import time
from typing import Any

import psycopg

from engine.models.write_key import digest_of

FRESH_FOR = 5.0  # seconds; within them a revoked key still opens, and a new one is looked for at once


class WriteKeys:
    def __init__(self) -> None:
        self._sandboxes: dict[str, int] = {}
        self._read_at = float("-inf")
        self._digests: dict[str, str] = {}

    async def sandbox_of(self, key: str, connection: psycopg.AsyncConnection[Any]) -> int | None:
        """The sandbox that `key` opens, or None."""
        digest = self._digests.get(key)
        if digest is None:
            digest = digest_of(key)
            if len(self._digests) > 10_000:
                self._digests.clear()
            self._digests[key] = digest
        now = time.monotonic()
        if now - self._read_at > FRESH_FOR or (digest not in self._sandboxes and now - self._read_at > 0.5):
            rows = await connection.execute("SELECT digest, sandbox_id FROM engine_writekey WHERE revoked_at IS NULL")
            self._sandboxes = dict(await rows.fetchall())
            self._read_at = now
        return self._sandboxes.get(digest)


def key_in(headers: dict[bytes, bytes], query: dict[str, str], body: Any) -> str | None:
    """The write key of a request: Basic user, Bearer, a header, the body, or the address. None when there is none."""
    scheme, _, credentials = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() == b"basic":
        try:
            user = base64.b64decode(credentials.strip(), validate=False).decode().partition(":")[0]
        except (binascii.Error, ValueError):
            user = ""
        # Dittofeed's own libraries send the key, ready encoded, as the whole credentials.
        return user or credentials.strip().decode("latin-1") or None
    if scheme.lower() == b"bearer" and credentials.strip():
        return credentials.strip().decode("latin-1")
    if headers.get(b"x-write-key"):
        return headers[b"x-write-key"].decode("latin-1")
    if isinstance(body, dict):
        for name in ("writeKey", "api_key", "token"):
            if isinstance(body.get(name), str) and body[name]:
                return body[name]  # type: ignore[no-any-return]
    return query.get("writeKey") or query.get("key") or None
