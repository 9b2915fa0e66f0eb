"""The group commit: events of many senders, written in one transaction, answered after it."""

import asyncio
import logging
import time
from collections import deque
from dataclasses import dataclass

import psycopg

from engine import clock, fault_points
from engine.ingest import room
from engine.ingest.business import BusinessEvents, ask_for_answers
from engine.ingest.items import Request
from engine.ingest.settling import write
from engine.store import connection as connections
from engine.store.straight import Straight

log = logging.getLogger(__name__)

MOST_EVENTS = 5_000  # in one transaction
PATIENCE = 10.0  # seconds that a sender waits for the database


class Unavailable(Exception):
    """The database does not answer, or has no room: as far as is known nothing was taken. The sender may try again."""


class Unkeepable(Exception):
    """The database refuses something in this request; nothing of it was taken, and trying again cannot help."""


@dataclass(slots=True)
class Waiting:
    """A request and who waits for its answer."""

    request: Request
    done: asyncio.Future[None]


class Committer:
    """One per web process. While one transaction commits, the next one gathers: no waiting by the clock is needed.

    The writing is done in a thread: meanwhile the event loop reads the next requests.
    """

    def __init__(self) -> None:
        self._waiting: deque[Waiting] = deque()
        self._something = asyncio.Event()
        self._is_stopping = False
        self._task: asyncio.Task[None] | None = None
        self._database: Straight | None = None
        self._business = BusinessEvents()
        self._began_at: float | None = None  # when the transaction under way began

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Write what was taken in, then end."""
        self._is_stopping = True
        self._something.set()
        if self._task is not None:
            await self._task
        self._drop_connection()

    async def take(self, request: Request) -> None:
        """Returns when the events are on disk. Raises Unavailable or Unkeepable when they are not.

        Behind a transaction that hangs, nobody waits in line.
        """
        if self._began_at is not None and time.monotonic() - self._began_at > PATIENCE:
            raise Unavailable
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append(Waiting(request, done))
        self._something.set()
        giving_up = loop.call_later(PATIENCE, _give_up, done)  # 3 us less than asyncio.timeout
        try:
            await done
        finally:
            giving_up.cancel()

    async def _run(self) -> None:
        while self._waiting or not self._is_stopping:
            await self._something.wait()
            self._something.clear()
            while self._waiting:
                taken: list[Waiting] = []
                size = 0
                while self._waiting and size < MOST_EVENTS:
                    waiting = self._waiting.popleft()
                    if not waiting.done.done():  # else its sender was told to come back
                        taken.append(waiting)
                        size += len(waiting.request.items) + len(waiting.request.rejections)
                if not taken:
                    break
                self._began_at = time.monotonic()
                outcomes = await asyncio.to_thread(self._write_all, [waiting.request for waiting in taken])
                self._began_at = None
                for waiting, error in zip(taken, outcomes, strict=True):
                    if waiting.done.done():
                        continue  # its sender has gone
                    if error is None:
                        waiting.done.set_result(None)
                    else:
                        waiting.done.set_exception(error)

    def _write_all(self, requests: list[Request]) -> list[Exception | None]:
        """Write these; for each, why it was not. What the database cannot keep fails alone, its neighbours do not."""
        try:
            if self._database is None or self._database.connection.closed:
                self._database = Straight(connections.connect(autocommit=True, name="ingest"))
            is_any = write(self._database, requests, clock.now(), self._business)
        except (psycopg.OperationalError, psycopg.InterfaceError, OSError) as error:
            log.warning("%s requests were not taken: %s", len(requests), error)
            room.is_full = isinstance(error, psycopg.errors.DiskFull)
            self._drop_connection()
            return [Unavailable() for _ in requests]
        except Exception as error:
            if len(requests) > 1:
                middle = len(requests) // 2
                return self._write_all(requests[:middle]) + self._write_all(requests[middle:])
            log.exception("a request cannot be kept")
            return [Unkeepable(str(error))]
        room.is_full = False
        fault_points.passing("after-ingest-commit")
        if is_any:
            ask_for_answers()
        return [None for _ in requests]

    def _drop_connection(self) -> None:
        if self._database is not None:
            self._database.connection.close()
            self._database = None


def _give_up(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_exception(Unavailable())
