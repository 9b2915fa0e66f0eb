"""The HTTP channel: one call to another system, with the delivery's id as its idempotency key."""

import asyncio
from typing import Any

import aiohttp
import orjson

from engine.activities.base import HttpCall
from engine.delivery.channels import Receipt, SendFailed

MOST_RESPONSE = 100_000  # bytes of an answer that journeys may use; the rest is not read
NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.InvalidURL)
FINAL = (401, 403, 404)  # asking again cannot help


class HttpChannel:
    """Makes an `HttpCall`. Redirects are followed; 2xx is success; what the answer says as JSON reaches the journey."""

    def __init__(self, *, connections: int) -> None:
        self.places = asyncio.Semaphore(connections)
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def send(self, thing: HttpCall, *, key: str) -> Receipt:
        headers = {"Idempotency-Key": key, "User-Agent": "JourneyOpt", "Accept": "application/json", **thing.headers}
        body = None
        if thing.body is not None:
            body = orjson.dumps(thing.body)
            headers["Content-Type"] = "application/json"
        try:
            async with self._open().request(
                thing.method, thing.url, data=body, headers=headers, max_redirects=5
            ) as answer:
                content = await _read(answer)
                status = answer.status
        except TimeoutError as error:
            raise SendFailed("timedOut", "The other system did not answer in time.", can_retry=False) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise SendFailed(
                "error", f"The call failed: {error or type(error).__name__}", can_retry=True,
                may_have_arrived=not isinstance(error, NEVER_LEFT),
            ) from error  # fmt: skip
        response = _as_object(content)
        if 200 <= status < 300:
            return Receipt(code=f"http_{status}", response=response)
        raise SendFailed(
            str(status), f"The other system answered {status}.", can_retry=status not in FINAL,
            response={"errorResponse": response},
        )  # fmt: skip

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, ttl_dns_cache=60),
                timeout=aiohttp.ClientTimeout(total=None, connect=10),
                auto_decompress=True,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """At most MOST_RESPONSE bytes, whatever the other side sends."""
    parts: list[bytes] = []
    size = 0
    async for part in answer.content.iter_chunked(16_384):
        parts.append(part)
        size += len(part)
        if size > MOST_RESPONSE:
            answer.close()
            return b""
    return b"".join(parts)


def _as_object(content: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(content) if content else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
