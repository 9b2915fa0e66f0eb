"""The outside world of the tests: an HTTP server that journeys call, real and local."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self

import orjson
from aiohttp import web


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A call as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any

    @property
    def key(self) -> str:
        return self.headers["Idempotency-Key"]


class HttpSink:
    """An HTTP server in a thread. `answers` gets each call and says what to answer; by default 200 and {}.

    with HttpSink() as sink: … sink.url … sink.calls
    """

    def __init__(self, answers: Callable[[Call], Awaitable[web.StreamResponse]] | None = None) -> None:
        self.calls: list[Call] = []
        self.url = ""
        self._answers = answers
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> None:
        self._runner = web.AppRunner(self._application(), shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"

    def _application(self) -> web.Application:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._take)
        return application

    async def _take(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        call = Call(
            method=request.method,
            path=request.path,
            query=dict(request.query),
            headers=dict(request.headers),
            body=orjson.loads(raw) if raw else None,
        )
        self.calls.append(call)
        return await self._answers(call) if self._answers else web.json_response({})
