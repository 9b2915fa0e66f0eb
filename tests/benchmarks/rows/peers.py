"""The same 4-node journey in DBOS Transact, a durable workflow for each person, and as a django-q2 task for each step.

On the same PostgreSQL and in the same run as ours, with two processes each. All three record the event, decide, update
the profile and note the end, so that nothing is lost or done twice when a process is killed; ours writes the history of
every step besides.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
from django.conf import settings

from journeyopt.capacity import invented
from tests.benchmarks import ground
from tests.benchmarks.results import Row
from tests.benchmarks.rows.engine import JOURNEY, run_engines
from tests.clients.install import installed
from tests.processes import database_url, wait_until

PEERS = ground.ROOT / "tests" / "benchmarks" / "peers"
PROCESSES = 2
TABLES = """
CREATE TABLE peer_profile (id bigint PRIMARY KEY, attributes jsonb NOT NULL);
CREATE TABLE peer_event (profile_id bigint NOT NULL, total integer NOT NULL);
CREATE TABLE peer_end (profile_id bigint NOT NULL);
INSERT INTO peer_profile SELECT id, '{}' FROM generate_series(1, 100000) AS id;
"""


def measure(*, quick: bool) -> Iterator[Row]:
    count = 20_000 if quick else 100_000
    sandbox = ground.empty()
    invented.define(sandbox)
    invented.deploy(sandbox, JOURNEY)
    invented.people(sandbox, count)
    invented.events(sandbox, count)
    invented.settle()
    ours = count / run_engines(PROCESSES)
    yield _row("JourneyOpt, two engines", ours, ours, count)
    for what, run, people in (
        (
            "DBOS Transact, a durable workflow for each person, two processes of 16 threads",
            _dbos,
            1_000 if quick else 6_000,
        ),
        ("django-q2 with its ORM broker, a task for each step, two workers", _django_q, 200 if quick else 1_000),
    ):
        yield _row(what, people / run(people), ours, people)


def _row(what: str, rate: float, ours: float, count: int) -> Row:
    return Row(
        what=f"the same 4-node journey: {what}",
        figure=f"{rate:,.0f} journeys/s" + (f"; ours is {ours / rate:,.0f} times as fast" if rate != ours else ""),
        size=f"{count:,} people",
    )


def _dbos(count: int) -> float:
    """Seconds, from the moment at which both processes are ready."""
    address = _database()
    environment = {**os.environ, "PYTHONPATH": str(installed(PEERS / "dbos.txt"))}
    each = count // PROCESSES
    started = []
    try:
        for number in range(PROCESSES):
            command = [sys.executable, "-m", "tests.benchmarks.peers.dbos_journey", address, f"peer{number}"]
            command += [str(1 + number * each), str(each)]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
            started.append(subprocess.Popen(command, cwd=ground.ROOT, env=environment, **pipes))  # type: ignore[call-overload]
            assert started[-1].stdout is not None
            assert started[-1].stdout.readline() == "ready\n"
        began = time.perf_counter()
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "done\n"
        seconds = time.perf_counter() - began
    finally:
        for process in started:
            process.terminate()
            process.wait(20)
    assert _ended(address) == each * PROCESSES
    return seconds


def _django_q(count: int) -> float:
    """Seconds, from the first event noted until the last end."""
    address = _database()
    environment = {
        **os.environ, "PEER_DATABASE": address, "DJANGO_SETTINGS_MODULE": "tests.benchmarks.peers.q_settings",
        "PYTHONPATH": str(ground.ROOT),
    }  # fmt: skip
    django = [sys.executable, "-m", "django"]
    subprocess.run([*django, "migrate", "-v", "0"], env=environment, cwd=ground.ROOT, check=True)
    asks = [sys.executable, "-m", "tests.benchmarks.peers.q_journey", str(count)]
    subprocess.run(asks, env=environment, cwd=ground.ROOT, check=True)
    cluster = subprocess.Popen([*django, "qcluster"], env=environment, cwd=ground.ROOT, start_new_session=True)
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            begun = "SELECT FROM peer_event LIMIT 1"
            wait_until(lambda: connection.execute(begun).fetchone() is not None, "the first event is noted")
            began = time.perf_counter()
            wait_until(lambda: _ended(address) == count, "everybody is through", patience=300)
            return time.perf_counter() - began
    finally:
        cluster.terminate()
        cluster.wait(30)


def _database() -> str:
    """An empty database for a peer, beside ours."""
    name = settings.DATABASES["default"]["NAME"]
    address = database_url().replace(f"/{name}", f"/{name}_peer", 1)
    invented.sql(f"DROP DATABASE IF EXISTS {name}_peer WITH (FORCE)")
    invented.sql(f"CREATE DATABASE {name}_peer")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(TABLES)
        connection.execute("VACUUM ANALYZE")
    return address


def _ended(address: str) -> int:
    with psycopg.connect(address) as connection:
        row = connection.execute("SELECT count(*) FROM peer_end").fetchone()
        return row[0] if row else 0
