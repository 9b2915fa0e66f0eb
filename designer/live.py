"""What open canvases hear. The engine commits and says which versions moved; each web process listens once.

    engine --NOTIFY engine_moved '[3,17]'--> LiveFeed --group_send--> LiveVersion (consumers.py) --> browsers

The feed reads only versions that somebody in this process looks at, at most twice a second, and sends what changed.
A group belongs to one process, so that a channel layer shared by many processes does not mix their numbering.
"""

import asyncio
import contextlib
import json
import logging
import random
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import psycopg
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import OperationalError, close_old_connections, connection, connections

from designer.models import Version
from engine import control

CHANNEL = "engine_moved"
PACE = 0.5  # seconds between two readings: 2 messages a second kept 200 nodes at 50 frames/s, 10 did not
LONGEST_PAUSE = 30.0

log = logging.getLogger(__name__)
Counts = dict[str, Any]


def tell(*version_ids: int) -> None:
    """Say, once this transaction is committed, that something about these versions changed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps(version_ids)])


@dataclass
class Watched:
    """One version that somebody looks at: what was sent last, and under which number."""

    viewers: int = 0
    seq: int = 0
    counts: Counts = field(default_factory=dict)
    status: str = ""
    ready: bool = False


class LiveFeed:
    """Listens for one web process. Made once; it connects when the first viewer comes."""

    of_process: ClassVar["LiveFeed | None"] = None

    def __init__(self) -> None:
        self._watched: dict[int, Watched] = {}
        self._moved: set[int] = set()
        self._wake = asyncio.Event()
        self._reading = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._process = uuid.uuid4().hex[:12]
        LiveFeed.of_process = self

    @classmethod
    def here(cls) -> "LiveFeed":
        """The feed of this process."""
        return cls.of_process or cls()

    async def start(self) -> None:
        """Nothing yet: the first viewer starts it."""

    async def stop(self) -> None:
        """Let go of the connection; viewers notice when their sockets close."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def group(self, version_id: int) -> str:
        return f"version.{version_id}.{self._process}"

    async def watch(self, version_id: int) -> None:
        """Somebody looks at this version from now on."""
        self._watched.setdefault(version_id, Watched()).viewers += 1
        if not self._tasks or any(task.done() for task in self._tasks):
            await self.stop()
            self._wake, self._reading = asyncio.Event(), asyncio.Lock()
            self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._read())]

    def leave(self, version_id: int) -> None:
        """One viewer fewer; with the last one the version is forgotten."""
        watched = self._watched.get(version_id)
        if watched is not None:
            watched.viewers -= 1
            if watched.viewers <= 0:
                del self._watched[version_id]

    def seq(self, version_id: int) -> int:
        watched = self._watched.get(version_id)
        return watched.seq if watched else 0

    async def snapshot(self, version_id: int) -> tuple[int, Counts, str]:
        """All counts as last sent, with their number, from which the messages that follow continue; and the status."""
        async with self._reading:
            watched = self._watched.setdefault(version_id, Watched(viewers=0))
            if not watched.ready:
                (watched.counts, watched.status) = (await _look([version_id]))[version_id]
                watched.ready = True
            return watched.seq, watched.counts, watched.status

    # Hearing -------------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        """Hear which versions moved. A lost connection is made again; what was missed meanwhile is read anew."""
        failures = 0
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**_address(), autocommit=True) as listening:
                    await listening.execute(f"LISTEN {CHANNEL}")
                    failures = 0
                    self._note(self._watched)
                    async for notice in listening.notifies():
                        self._note(_ids_in(notice.payload))
            except (psycopg.Error, OSError) as failure:
                pause = min(LONGEST_PAUSE, 0.5 * 2**failures) * random.uniform(0.5, 1)
                failures += 1
                log.warning("Lost the database while listening; again in %.1f s (%s)", pause, failure)
                await asyncio.sleep(pause)

    def _note(self, version_ids: Iterable[int]) -> None:
        moved = self._watched.keys() & set(version_ids)
        if moved:
            self._moved |= moved
            self._wake.set()

    # Telling -------------------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        """Read what moved and send the difference, then rest: everything that moves meanwhile waits together."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            moved, self._moved = self._moved & self._watched.keys(), set()
            try:
                await self._send_changes(sorted(moved))
            except (psycopg.Error, OperationalError, OSError) as failure:
                log.warning("Could not read the counts; again soon (%s)", failure)
                self._note(moved)
            await asyncio.sleep(PACE)

    async def _send_changes(self, version_ids: list[int]) -> None:
        if not version_ids:
            return
        async with self._reading:
            found = await _look(version_ids)
            for version_id in version_ids:
                watched = self._watched.get(version_id)
                if watched is None:
                    continue  # the last viewer left while we read
                counts, status = found[version_id]
                changed = difference(watched.counts, counts)
                if changed and watched.ready:
                    watched.seq += 1
                    await self._send(version_id, {"type": "counts", "seq": watched.seq, "counts": changed})
                if status != watched.status and watched.ready:
                    await self._send(version_id, {"type": "status", "status": status})
                watched.counts, watched.status, watched.ready = counts, status, True
                await self._layer().group_send(self.group(version_id), {"type": "version.moved"})

    async def _send(self, version_id: int, message: dict[str, Any]) -> None:
        await self._layer().group_send(self.group(version_id), {"type": "version.said", "message": message})

    def _layer(self) -> Any:
        return get_channel_layer()


def seq_of(version_id: int) -> int:
    """The number of the last message about a version in this process; 0 when nobody looks at it here."""
    return LiveFeed.of_process.seq(version_id) if LiveFeed.of_process else 0


def difference(before: Counts, after: Counts) -> Counts:
    """What is new in `after`, in absolute numbers; what disappeared, as zero. Nothing new gives an empty answer."""
    changed: Counts = {}
    journey = _changed(before.get("journey", {}), after.get("journey", {}))
    if journey:
        changed["journey"] = journey
    ports = _changed(before.get("ports", {}), after.get("ports", {}))
    if ports:
        changed["ports"] = ports
    old, new = before.get("nodes", {}), after.get("nodes", {})
    nodes = {
        node: new.get(node) or dict.fromkeys(old[node], 0)
        for node in old.keys() | new.keys()
        if old.get(node) != new.get(node)
    }
    if nodes:
        changed["nodes"] = nodes
    return changed


def _changed(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after.get(name, 0) for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def _ids_in(payload: str) -> list[int]:
    try:
        found = json.loads(payload)
    except ValueError:
        found = None
    if not isinstance(found, list):
        log.warning("Not a list of version ids on %s: %.80r", CHANNEL, payload)
        return []
    return [number for number in found if isinstance(number, int)]


@sync_to_async
def _look(version_ids: list[int]) -> dict[int, tuple[Counts, str]]:
    """Counts and status of each version, on a thread."""
    close_old_connections()
    try:
        counts = control.counts(version_ids)
        statuses = dict(Version.objects.filter(pk__in=version_ids).values_list("pk", "status"))
    finally:
        close_old_connections()
    return {number: (counts.get(number, {}), statuses.get(number, "")) for number in version_ids}


def _address() -> dict[str, Any]:
    """How to reach the database: as Django does, without what only Django understands."""
    params = connections["default"].get_connection_params()
    only_django = ("cursor_factory", "context", "prepare_threshold")
    return {key: value for key, value in params.items() if key not in only_django}
