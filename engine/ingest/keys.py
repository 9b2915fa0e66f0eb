"""Write keys in memory: which sandbox a key opens, looked up again every few seconds so that a revoked one stops."""

import base64
import binascii
import time
from collections.abc import Awaitable, Callable
from typing import Any, LiteralString

from engine.models.write_key import digest_of

Ask = Callable[[LiteralString, list[Any]], Awaitable[tuple[Any, ...] | None]]
KNOWN_FOR = 5.0  # seconds; within them a revoked key still opens
UNKNOWN_FOR = 0.5  # seconds in which nobody can make us ask for the same wrong key again
MOST_KEPT = 10_000


class WriteKeys:
    """What is known of the keys that were shown: key -> (sandbox or None, until when that is believed)."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int | None, float]] = {}

    async def sandbox_of(self, key: str, ask: Ask) -> int | None:
        """The sandbox that `key` opens, or None. `ask` gets the first row of a query."""
        now = time.monotonic()
        known = self._known.get(key)
        if known is not None and now < known[1]:
            return known[0]
        row = await ask(
            "SELECT sandbox_id FROM engine_writekey WHERE digest = %s AND revoked_at IS NULL", [digest_of(key)]
        )
        sandbox = None if row is None else int(row[0])
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[key] = (sandbox, now + (UNKNOWN_FOR if sandbox is None else KNOWN_FOR))
        return sandbox


def key_in(headers: dict[bytes, bytes], query: dict[str, str], body: Any) -> str | None:
    """The write key of a request: Basic user, Bearer, a header, the body, or the address. None when there is none.

    Where a library insists on `key:secret`, what stands behind the colon is not looked at.
    """
    found = _in_headers(headers)
    if not found and isinstance(body, dict):
        found = next((body[name] for name in ("writeKey", "api_key", "token") if isinstance(body.get(name), str)), "")
    found = found or query.get("writeKey") or query.get("key") or ""
    return found.partition(":")[0] or None


def _in_headers(headers: dict[bytes, bytes]) -> str:
    scheme, _, credentials = headers.get(b"authorization", b"").strip().partition(b" ")
    credentials = credentials.strip()
    if scheme.lower() == b"basic":
        try:
            user = base64.b64decode(credentials, validate=False).decode("ascii").partition(":")[0]
        except (binascii.Error, ValueError):
            user = ""
        # Dittofeed's libraries send what they were given after the word Basic: often the key as it is.
        return user if user.isprintable() and user else credentials.decode("latin-1")
    if scheme.lower() == b"bearer":
        return credentials.decode("latin-1")
    return headers.get(b"x-write-key", b"").decode("latin-1")
