"""The group commit: events of many senders, written in one transaction, answered after it."""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from hashlib import md5
from typing import Any
from uuid import UUID

import orjson
import psycopg

from engine import clock
from engine.ingest.items import Incoming, Rejection
from engine.shards import shard_of
from engine.store import connection as connections
from engine.store.copying import text
from engine.store.queries import query

log = logging.getLogger(__name__)

MOST_EVENTS = 5_000  # in one transaction
Identity = tuple[int, str, str]  # sandbox, namespace, value


class Unavailable(Exception):
    """The database does not answer; nothing was taken. The sender may try again."""


class Unkeepable(Exception):
    """The database refuses something in this request; nothing of it was taken, and trying again cannot help."""


@dataclass(slots=True)
class Request:
    sandbox_id: int
    dialect: str
    items: list[Incoming]
    rejections: list[Rejection]
    received_at: datetime
    done: asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class Merge:
    """Two profiles that an event says are one."""

    sandbox_id: int
    one: int
    other: int
    by: str  # 'identify' or 'alias'


class Committer:
    """One per web process. While one transaction commits, the next one gathers: no waiting by the clock is needed."""

    def __init__(self) -> None:
        self._waiting: deque[Request] = deque()
        self._something = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._connection: psycopg.AsyncConnection[Any] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Write what was taken in, then end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        while self._waiting:
            await self._flush()
        await self._drop_connection()

    async def take(
        self, sandbox_id: int, dialect: str, items: list[Incoming], rejections: list[Rejection], received_at: datetime
    ) -> None:
        """Returns when the events are on disk. Raises Unavailable or Unkeepable when they are not."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(Request(sandbox_id, dialect, items, rejections, received_at, done))
        self._something.set()
        await done

    async def _run(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            while self._waiting:
                await self._flush()

    async def _flush(self) -> None:
        taken: list[Request] = []
        size = 0
        while self._waiting and size < MOST_EVENTS:
            request = self._waiting.popleft()
            taken.append(request)
            size += len(request.items) + len(request.rejections)
        try:
            await self._write_all(taken)
        except asyncio.CancelledError:
            # To be written once more: what was committed all the same is known by its message ids.
            self._waiting.extendleft(reversed([request for request in taken if not request.done.done()]))
            await self._drop_connection()
            raise

    async def _write_all(self, requests: list[Request]) -> None:
        """Write these and answer each. What the database cannot keep fails alone, its neighbours are written."""
        try:
            await self._write(requests)
        except (psycopg.OperationalError, psycopg.InterfaceError, OSError) as error:
            log.warning("%s requests were not taken: %s", len(requests), error)
            await self._drop_connection()
            _answer(requests, Unavailable())
        except Exception as error:
            if len(requests) == 1:
                log.exception("a request cannot be kept")
                _answer(requests, Unkeepable(str(error)))
                return
            middle = len(requests) // 2
            await self._write_all(requests[:middle])
            await self._write_all(requests[middle:])
        else:
            _answer(requests, None)

    async def _drop_connection(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _write(self, requests: list[Request]) -> None:
        """One transaction: leave out what was seen before, settle who it is, put it into the inbox."""
        if self._connection is None or self._connection.closed:
            self._connection = await connections.connect_async(autocommit=True, name="ingest")
        connection = self._connection
        now = clock.now()
        async with connection.transaction():
            fresh = await _unseen(connection, requests, now)
            profiles, merges = await _settle(connection, fresh, now)
            lines = [_merge_line(merge, now) for merge in merges]
            lines += [_line(request, item, profile) for (request, item), profile in zip(fresh, profiles, strict=True)]
            if lines:
                async with connection.cursor().copy(
                    "COPY engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at) FROM STDIN"
                ) as copy:
                    await copy.write("\n".join(lines).encode() + b"\n")
                await connection.execute("SELECT pg_notify('engine_work', '')")
            await _note_rejections(connection, requests)


async def _unseen(
    connection: psycopg.AsyncConnection[Any], requests: list[Request], now: datetime
) -> list[tuple[Request, Incoming]]:
    """The events whose message id was not seen in their sandbox before, in the order they came."""
    first: dict[tuple[int, UUID], tuple[Request, Incoming]] = {}
    for request in requests:
        for item in request.items:
            digest = UUID(bytes=md5(item.message_id.encode(), usedforsecurity=False).digest())
            first.setdefault((request.sandbox_id, digest), (request, item))
    if not first:
        return []
    ordered = sorted(first)
    rows = await connection.execute(
        query("inbox/mark_seen"),
        {"sandboxes": [sandbox for sandbox, _ in ordered], "digests": [digest for _, digest in ordered], "now": now},
    )
    unseen = {(sandbox, digest) for sandbox, digest in await rows.fetchall()}
    return [found for key, found in first.items() if key in unseen]


async def _settle(
    connection: psycopg.AsyncConnection[Any], fresh: list[tuple[Request, Incoming]], now: datetime
) -> tuple[list[int], list[Merge]]:
    """Whose each event is, and which profiles turned out to be one.

    Unknown identities get a profile: that of a known identity they are linked with, else a new one.
    """
    owner = await _find(connection, _identities_of(fresh))
    added: dict[Identity, int] = {}
    made: dict[int, int] = {}  # new profile -> sandbox
    count = sum(1 for request, item in fresh if not any(key in owner for key in _keys(request, item, owner)))
    free = await _profile_ids(connection, count)
    profiles: list[int] = []
    merges: dict[tuple[int, int], Merge] = {}
    for request, item in fresh:
        keys = _keys(request, item, owner)
        profile = next((owner[key] for key in keys if key in owner), 0)
        if not profile:
            profile = free.pop()
            made[profile] = request.sandbox_id
        for key in keys:
            if key not in owner:
                owner[key] = added[key] = profile
            elif owner[key] != profile:
                _note_merge(merges, Merge(request.sandbox_id, owner[key], profile, item.links))
        profiles.append(profile)
    beaten = await _add(connection, added, now) if added else {}
    if beaten:
        won = {profile for identity, profile in added.items() if identity not in beaten}
        replaced: dict[int, int] = {}  # profiles that nobody needs, as another process made one for the same person
        for identity, theirs in beaten.items():
            mine = added[identity]
            if mine in made and mine not in won:
                mine = replaced.setdefault(mine, theirs)
            if mine != theirs:
                _note_merge(merges, Merge(identity[0], mine, theirs, "identify"))
        profiles = [replaced.get(profile, profile) for profile in profiles]
        made = {profile: sandbox for profile, sandbox in made.items() if profile not in replaced}
        noted, merges = merges, {}
        for merge in noted.values():
            one, other = replaced.get(merge.one, merge.one), replaced.get(merge.other, merge.other)
            if one != other:
                _note_merge(merges, Merge(merge.sandbox_id, one, other, merge.by))
    if made:
        await connection.execute(
            query("people/new_profiles"), {"ids": list(made), "sandboxes": list(made.values()), "now": now}
        )
    return profiles, list(merges.values())


def _note_merge(merges: dict[tuple[int, int], Merge], merge: Merge) -> None:
    """Note that two profiles are one. An alias says so for sure, an identify call only of those not yet known."""
    pair = min(merge.one, merge.other), max(merge.one, merge.other)
    if pair not in merges or merges[pair].by == "identify":
        merges[pair] = merge


def _keys(request: Request, item: Incoming, owner: dict[Identity, int]) -> list[Identity]:
    """The identities that count for this event. A former id is a user id if somebody has it, else an anonymous one."""
    keys: list[Identity] = []
    for namespace, value in item.identities if item.links else item.identities[:1]:
        if namespace == "previousId":
            namespace = "userId" if (request.sandbox_id, "userId", value) in owner else "anonymousId"
        keys.append((request.sandbox_id, namespace, value))
    return keys


def _identities_of(fresh: list[tuple[Request, Incoming]]) -> set[Identity]:
    wanted: set[Identity] = set()
    for request, item in fresh:
        for namespace, value in item.identities if item.links else item.identities[:1]:
            if namespace == "previousId":
                wanted.add((request.sandbox_id, "userId", value))
                namespace = "anonymousId"
            wanted.add((request.sandbox_id, namespace, value))
    return wanted


async def _find(connection: psycopg.AsyncConnection[Any], wanted: set[Identity]) -> dict[Identity, int]:
    if not wanted:
        return {}
    sandboxes, namespaces, values = map(list, zip(*wanted, strict=True))
    rows = await connection.execute(
        query("people/find_identities"), {"sandboxes": sandboxes, "namespaces": namespaces, "values": values}
    )
    return {(sandbox, namespace, value): profile for sandbox, namespace, value, profile in await rows.fetchall()}


async def _add(
    connection: psycopg.AsyncConnection[Any], added: dict[Identity, int], now: datetime
) -> dict[Identity, int]:
    """Add identities; those that another process gave to somebody first, with whom it gave them to."""
    sandboxes, namespaces, values = map(list, zip(*added, strict=True))
    columns = {"sandboxes": sandboxes, "namespaces": namespaces, "values": values}
    rows = await connection.execute(
        query("people/add_identities"), {**columns, "profiles": list(added.values()), "now": now}
    )
    won = {(sandbox, namespace, value) for sandbox, namespace, value, _ in await rows.fetchall()}
    return await _find(connection, added.keys() - won)


async def _profile_ids(connection: psycopg.AsyncConnection[Any], count: int) -> list[int]:
    if not count:
        return []
    rows = await connection.execute("SELECT nextval('engine_profile_id') FROM generate_series(1, %s)", [count])
    return [number for (number,) in reversed(await rows.fetchall())]


def _line(request: Request, item: Incoming, profile: int) -> str:
    head = orjson.dumps({"n": item.name, "m": item.message_id, "t": item.occurred_at.isoformat()}).decode()
    payload = f'{head[:-1]},"p":{item.body.decode()}}}'
    received_at = request.received_at.isoformat()
    return f"{shard_of(profile)}\t{request.sandbox_id}\t{profile}\tevent\t{text(payload)}\t{received_at}"


def _merge_line(merge: Merge, now: datetime) -> str:
    younger, older = max(merge.one, merge.other), min(merge.one, merge.other)
    payload = f'{{"into":{older},"by":"{merge.by}"}}'
    return f"{shard_of(younger)}\t{merge.sandbox_id}\t{younger}\tmerge\t{payload}\t{now.isoformat()}"


def _answer(requests: list[Request], error: Exception | None) -> None:
    for request in requests:
        if not request.done.done():  # its sender may have gone
            if error is None:
                request.done.set_result(None)
            else:
                request.done.set_exception(error)


async def _note_rejections(connection: psycopg.AsyncConnection[Any], requests: list[Request]) -> None:
    rows = [
        (request.sandbox_id, request.received_at, request.dialect, found.code, found.message[:500], found.item)
        for request in requests
        for found in request.rejections
    ]
    if rows:
        async with connection.cursor() as cursor:
            await cursor.executemany(
                "INSERT INTO engine_rejectedevent (sandbox_id, received_at, dialect, code, message, item) "
                "VALUES (%s, %s, %s, %s, %s, %s)",
                rows,
            )
