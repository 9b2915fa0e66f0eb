"""A bad line between our processes and PostgreSQL: slow, cut, or dead, as a test wants it."""

import asyncio
import contextlib
import threading
from typing import Self

from django.db import connection

from tests.processes import free_port


class BadLine:
    """A TCP proxy in a thread, in front of the test's database. `url` is the database seen through it.

    with BadLine() as line: … line.delay = 0.05 … line.cut() … line.hangs() … line.heals()

    `delay`: seconds that each piece takes, in each direction. `cut`: all connections end at once; new ones are taken.
    `hangs`: nothing passes any more, and nobody is told. `heals`: what hung is dropped, and new connections pass.
    """

    def __init__(self) -> None:
        self.delay = 0.0
        self.port = free_port()
        self._is_dead = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def url(self) -> str:
        found = connection.settings_dict
        return f"postgresql://{found['USER']}:{found['PASSWORD']}@127.0.0.1:{self.port}/{found['NAME']}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._call(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def cut(self) -> None:
        self._call(self._drop())

    def hangs(self) -> None:
        self._is_dead = True

    def heals(self) -> None:
        self._is_dead = False
        self._call(self._drop())

    def _call(self, doing) -> None:
        asyncio.run_coroutine_threadsafe(doing, self._loop).result(10)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", self.port)

    async def _drop(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _end(self) -> None:
        self._server.close()
        await self._drop()
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found = connection.settings_dict
        host, port = found["HOST"] or "/tmp", found["PORT"] or 5432
        with contextlib.suppress(OSError, asyncio.CancelledError):
            if host.startswith("/"):
                theirs = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
            else:
                theirs = await asyncio.open_connection(host, port)
            self._writers |= {writer, theirs[1]}
            await asyncio.gather(self._pass(reader, theirs[1]), self._pass(theirs[0], writer))
        writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(65_536):
                await asyncio.sleep(self.delay)
                while self._is_dead:
                    await asyncio.sleep(0.05)
                writer.write(piece)
                await writer.drain()
        writer.close()
