"""The cast of the engine's tests: a shop's sandbox, its events, and a way to draw a journey in a few lines.

Everything enters by the door that production uses: events through the ASGI application, versions through control.
"""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from engine import clock, control
from engine.ingest.app import Ingest
from engine.models import EventDefinition, Sandbox
from engine.runtime.worker import Worker

Graph = dict[str, Any]
versions = itertools.count(1)


def node(id: str, type: str | None = None, **settings: Any) -> dict[str, Any]:
    """A node; its type is its id without the number, unless given."""
    return {"id": id, "type": type or id.rsplit("-", 1)[0], "settings": settings}


def graph(nodes: list[dict[str, Any]], *lines: str) -> Graph:
    """A graph from lines such as 'event-1.next > wait-1'."""
    edges = []
    for line in lines:
        source, target = (part.strip() for part in line.split(">"))
        name, _, port = source.partition(".")
        edges.append({"from": {"node": name, "port": port or "next"}, "to": target})
    return {"nodes": nodes, "edges": edges, "ends": []}


class Shop:
    """One sandbox with a write key, and the processes to hand: ingest, engine."""

    def __init__(self, name: str = "shop") -> None:
        self.sandbox = Sandbox.objects.create(name=name, title=name.title(), kind="production")
        self.key = control.make_write_key(sandbox_id=self.sandbox.pk, name="test", by="test")
        self.worker = Worker(limit=500)
        self._opened: tuple[asyncio.Runner, Ingest] | None = None

    def defines(self, name: str, rule: str | None = None, **fields: Any) -> EventDefinition:
        """An event definition; by default it recognises track calls of that name, keyed by userId."""
        rule = f'@event{{{name}.event}} == "{name}"' if rule is None else rule
        made = EventDefinition.objects.create(
            sandbox=self.sandbox, name=name, rule=rule, **{"namespace": "userId", **fields}
        )
        control.changed()
        return made

    def publishes(self, drawn: Graph, *, journey: int = 1, name: str = "Journey", **properties: Any) -> int:
        """Publish a graph as the next version of a journey; the version's id. An older live version is closed."""
        from engine.models import Definition

        version = next(versions)
        with transaction.atomic():
            for older in Definition.objects.filter(journey_id=journey, status="live"):
                control.close(version_id=older.version_id, now=clock.now())
            control.deploy(
                version_id=version, sandbox_id=self.sandbox.pk, journey_id=journey, journey_name=name,
                number=f"{version}.0", graph=drawn, properties=properties, by="test", now=clock.now(),
            )  # fmt: skip
        return version

    def post(
        self,
        path: str,
        body: Any,
        *,
        key: str | None = None,
        headers: dict[str, str] | None = None,
        method: str = "POST",
    ) -> "Reply":
        """Send to the event endpoint, as a sender would."""
        from tests.senders import door, post

        shown = {"authorization": f"Bearer {key or self.key}", **(headers or {})}

        async def once() -> Reply:
            async with door() as ingest:
                return await post(ingest, path, body, headers=shown, method=method)

        if self._opened is None:
            return asyncio.run(once())
        loop, ingest = self._opened
        return loop.run(post(ingest, path, body, headers=shown, method=method))

    @contextmanager
    def stays_open(self) -> Iterator[None]:
        """All that is sent within the block comes to one event endpoint, as in production.

        Else each request finds one that has just opened. Opening takes 20 ms of the 25 that sending an event takes.
        """
        from tests.senders import door

        with asyncio.Runner() as loop:
            opened = door()
            self._opened = loop, loop.run(opened.__aenter__())
            try:
                yield
            finally:
                self._opened = None
                loop.run(opened.__aexit__(None, None, None))

    def tracks(self, event: str, user: str, **properties: Any) -> "Reply":
        return self.post("/v1/track", {"userId": user, "event": event, "properties": properties})

    def identifies(self, user: str, **traits: Any) -> "Reply":
        return self.post("/v1/identify", {"userId": user, "traits": traits})

    def runs(self) -> int:
        """Let the engine work until nothing is left to do."""
        return self.worker.run_until_idle()

    def counts(self, version: int) -> dict[str, Any]:
        return control.counts([version])[version]

    def close(self) -> None:
        self.worker._drop_connection()


class Reply:
    """What the event endpoint answered."""

    def __init__(self, status: int, body: dict[str, Any], headers: dict[str, str]) -> None:
        self.status = status
        self.body = body
        self.headers = headers


def today(hour: int = 12) -> datetime:
    return datetime.now(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
