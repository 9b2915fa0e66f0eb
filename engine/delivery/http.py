"""The HTTP channel: one call to another system, with the delivery's id as its idempotency key."""

import asyncio
from typing import Any

import aiohttp
import orjson
from yarl import URL

from engine.activities.base import HttpCall
from engine.delivery.channels import Receipt, SendFailed
from engine.masking import is_secret

MOST_RESPONSE = 100_000  # bytes of an answer that journeys may use; the rest is not read
NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.InvalidURL)
KEY = "Idempotency-Key"
MOST_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
FINAL = (401, 403, 404)  # asking again cannot help


class HttpChannel:
    """Makes an `HttpCall`. Redirects are followed, to another host without secrets.

    2xx is success; what the answer says as JSON reaches the journey.
    """

    def __init__(self, *, connections: int) -> None:
        self.places = asyncio.Semaphore(connections)
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def send(self, thing: HttpCall, *, key: str) -> Receipt:
        headers = {KEY: key, "User-Agent": "JourneyOpt", "Accept": "application/json", **thing.headers}
        body = None
        if thing.body is not None:
            body = orjson.dumps(thing.body)
            headers["Content-Type"] = "application/json"
        try:
            status, content = await self._ask(thing.method, URL(thing.url), headers, body)
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

    async def _ask(self, method: str, url: URL, headers: dict[str, str], body: bytes | None) -> tuple[int, bytes]:
        """The answer at the end of all redirects, as browsers follow them (Fetch, section 4.4): status and body.

        aiohttp would take an API key along to whatever host it is sent to.
        """
        for _ in range(MOST_REDIRECTS + 1):
            async with self._open().request(method, url, data=body, headers=headers, allow_redirects=False) as answer:
                onward = answer.headers.get("Location") if answer.status in REDIRECTS else None
                if onward is None:
                    return answer.status, await _read(answer)
            if answer.status == 303 or (answer.status in (301, 302) and method == "POST"):
                method, body = "GET", None
                headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
            before, url = url, url.join(URL(onward))
            if url.scheme not in ("http", "https"):
                raise SendFailed("error", f"The other system leads on to {url.scheme}.", can_retry=False)
            is_safer = url.host == before.host and (before.scheme, url.scheme) == ("http", "https")
            if url.origin() != before.origin() and not is_safer:
                headers = {name: value for name, value in headers.items() if name == KEY or not is_secret(name)}
            elif url.user is None:
                url = url.with_user(before.user).with_password(before.password)
        raise SendFailed("error", f"The other system leads on more than {MOST_REDIRECTS} times.", can_retry=False)

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
