"""The parts of a minute: events by HTTP, people through a journey, timers, mails, and how late what is due is."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from engine import control
from engine.models import Sandbox
from engine.store import connection as connections
from journeyopt.capacity import invented, processes

CONNECTIONS = 64
SHARE = 5  # paced moments come at one part in so many of what the timers could do
LONGEST = 120.0  # seconds that anything may take to drain
MARGIN = 3  # seconds until the first paced moment: until then the processes sleep

LED, WAITED, MAILED, CALLED = 1, 2, 3, 4  # versions
NO_LIMIT = {"INBOX_LIMIT": "100000000"}
OPEN = "SELECT 1 FROM engine_inbox UNION ALL SELECT 1 FROM engine_delivery WHERE state IN ('queued', 'sending') LIMIT 1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """Of what is measured. `sending`, `paced`: seconds."""

    people: int = 60_000
    sending: float = 6.0
    due: int = 30_000
    mails: int = 3_000
    paced: int = 8


QUICK = Sizes(people=6_000, sending=1.0, due=2_000, mails=200, paced=2)


class TooSlow(Exception):
    """Something was not done in two minutes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One line of what is printed."""

    what: str
    rate: str
    remark: str


def measure(workers: int, sizes: Sizes) -> Iterator[Figure]:
    """Every part, one after the other, with so many engine workers, in the database that Django uses: an empty one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sandbox = Sandbox.objects.create(name="capacity", title="Capacity", kind="production")
        for event in ("Order", "Waited", "Mailed", "Called"):
            invented.define(sandbox, event)
        invented.people(sandbox, sizes.people)
        yield from _events_and_people(folder, sandbox, workers, sizes)
        timers = yield from _timers(folder, sandbox, workers, sizes.due)
        yield from _mails(folder, sandbox, sizes.mails)
        yield from _lateness(folder, sandbox, timers, sizes.paced)


def _events_and_people(folder: Path, sandbox: Sandbox, workers: int, sizes: Sizes) -> Iterator[Figure]:
    """Events wait in the inbox until the door is closed; then engines lead their people."""
    invented.deploy(sandbox, _journey(), version=LED)
    key = control.make_write_key(sandbox_id=sandbox.pk, name="capacity", by="capacity")
    invented.settle()
    port = processes.free_port()
    with processes.running(folder, "web", port=port, **NO_LIMIT):
        arguments = [str(port), key, str(CONNECTIONS), str(sizes.sending), "--people", str(sizes.people)]
        with processes.module("sender", *arguments) as sender:
            out, _ = sender.communicate(timeout=LONGEST)
    sent: dict[str, Any] = json.loads(out)
    yield Figure(
        what="events by HTTP",
        rate=f"{sent['requests'] / sent['seconds']:,.0f}/s",
        remark=f"p99 {sent['p99']:.0f} ms, {CONNECTIONS} connections, each on disk before its answer",
    )
    ((waiting,),) = invented.sql("SELECT count(*) FROM engine_inbox")
    seconds = _drained(folder, workers, "SELECT 1 FROM engine_inbox LIMIT 1")
    ((entered,),) = invented.sql("SELECT count(*) FROM engine_instance WHERE version_id = %s", LED)
    ((steps,),) = invented.sql("SELECT count(*) FROM engine_step")
    yield Figure(
        what="people through a journey",
        rate=f"{entered / seconds:,.0f}/s",
        remark=f"{steps / seconds:,.0f} steps/s from {waiting:,} events; event, condition, update profile, end",
    )


def _timers(folder: Path, sandbox: Sandbox, workers: int, count: int) -> Generator[Figure, None, float]:
    """How many moments a second are dealt with when all are due at once; that number is returned as well."""
    invented.deploy(sandbox, _waiting("Waited", _update("Waited")), version=WAITED)
    invented.people_wait(invented.led(sandbox, "Waited"), count, event="Waited", due="now()")
    invented.settle()
    due = "SELECT 1 FROM engine_instance WHERE ended_at IS NULL AND wake_at <= now() LIMIT 1"
    rate = count / _drained(folder, workers, due)
    yield Figure(what="timers", rate=f"{rate:,.0f}/s", remark=f"{count:,} due at once; wait, update profile, end")
    return rate


def _mails(folder: Path, sandbox: Sandbox, count: int) -> Iterator[Figure]:
    html = "<html><body><h1>Thank you, {{ profile.email }}</h1><p>{{ event.properties.total }} EUR</p></body></html>"
    mail = _node("email-1", subject="Your order of {{ event.properties.total }} EUR", html=html)
    invented.deploy(sandbox, _graph([_node("event-1", event="Mailed"), mail]), version=MAILED)
    with (
        _receiver(folder, "smtp") as port,
        processes.running(folder, "engine", "courier", SMTP_URL=f"smtp://127.0.0.1:{port}"),
    ):
        invented.events(sandbox, count, name="Mailed")
        began = time.perf_counter()
        invented.sql("SELECT pg_notify('engine_work', '')")
        _until_none(OPEN)
        rate = count / (time.perf_counter() - began)
    yield Figure(what="mails", rate=f"{rate:,.0f}/s", remark="each rendered for its person; the receiver takes all")


def _lateness(folder: Path, sandbox: Sandbox, timers: float, seconds: int) -> Iterator[Figure]:
    """Calls that are due at moments of their own: how long after its moment each is at the receiver."""
    rate = max(20, min(round(timers / SHARE), 500))
    count = rate * seconds
    with _receiver(folder, "http") as port:
        body = [{"name": "at", "value": "@event{Called.properties.at}"}]
        call = _node("custom-action-1", url=f"http://127.0.0.1:{port}/", body=body)
        invented.deploy(sandbox, _waiting("Called", call), version=CALLED)
        led = invented.led(sandbox, "Called")
        with processes.running(folder, "engine", "courier"):
            due = f"now() + interval '{MARGIN} seconds' + number * interval '1 second' / {rate}"
            invented.people_wait(led, count, event="Called", due=due)
            invented.sql("SELECT pg_notify('engine_work', '')")
            time.sleep(MARGIN + seconds)
            _until_none("SELECT 1 FROM engine_instance WHERE ended_at IS NULL LIMIT 1")
    ms = json.loads((folder / "http.json").read_text())["ms"]
    late = sorted(ms)
    yield Figure(
        what="an action that is due",
        rate=f"p99 {late[int(len(late) * 0.99)]:,.0f} ms late",
        remark=f"p50 {late[len(late) // 2]:,.0f} ms, from its moment to the receiver, {rate} a second",
    )


def _drained(folder: Path, workers: int, left: str) -> float:
    """The seconds until nothing is left, with engines that were started before."""
    with connections.connect(name="capacity") as holding:
        holding.execute("SELECT id FROM engine_shard FOR UPDATE")
        with processes.running(folder, *(f"engine{number}" for number in range(workers))):
            began = time.perf_counter()
            holding.execute("SELECT pg_notify('engine_work', '')")
            holding.commit()
            _until_none(left)
            return time.perf_counter() - began


def _until_none(left: str) -> None:
    deadline = time.monotonic() + LONGEST
    while invented.sql(left):
        if time.monotonic() > deadline:
            raise TooSlow(f"Not done within {LONGEST:.0f} s.")
        time.sleep(0.02)


class _receiver:
    """A receiver as a process; its port. What it saw is in <kind>.json afterwards."""

    def __init__(self, folder: Path, kind: str) -> None:
        self._module = processes.module("sink", kind, str(folder / f"{kind}.json"))

    def __enter__(self) -> int:
        process: subprocess.Popen[str] = self._module.__enter__()
        assert process.stdout is not None
        return int(process.stdout.readline())

    def __exit__(self, *error: Any) -> None:
        self._module.__exit__(*error)


# --- Journeys -----------------------------------------------------------------------------------------------------


def _journey() -> invented.Graph:
    paths = [{"id": "big", "condition": "@event{Order.properties.total} >= 100"}]
    nodes = [
        _node("event-1", event="Order"),
        _node("condition-1", paths=paths),
        {**_update("Order"), "id": "update-profile-1"},
        _node("update-profile-2", fields=[{"field": "plan", "value": '"small"'}]),
    ]
    lines = [("event-1", "next", "condition-1"), ("condition-1", "big", "update-profile-1"),
             ("condition-1", "other", "update-profile-2")]  # fmt: skip
    return {"nodes": nodes, "edges": [_edge(*line) for line in lines], "ends": []}


def _waiting(event: str, then: dict[str, Any]) -> invented.Graph:
    return _graph([_node("event-1", event=event), _node("wait-1", duration="P30D"), then])


def _graph(nodes: list[dict[str, Any]]) -> invented.Graph:
    """One after the other."""
    edges = [_edge(one["id"], "next", two["id"]) for one, two in pairwise(nodes)]
    return {"nodes": nodes, "edges": edges, "ends": []}


def _update(event: str) -> dict[str, Any]:
    return _node("update-profile-1", fields=[{"field": "plan", "value": f"@event{{{event}.properties.currency}}"}])


def _node(id: str, **settings: Any) -> dict[str, Any]:
    return {"id": id, "type": id.rsplit("-", 1)[0], "settings": settings}


def _edge(source: str, port: str, target: str) -> dict[str, Any]:
    return {"from": {"node": source, "port": port}, "to": target}


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
