"""The database's disk is full: nothing is promised that cannot be kept, and all goes on when there is room again."""

import contextlib
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psycopg
import pytest

from journeyopt import embedded_postgres
from tests.processes import ROOT, Product, wait_until

pytestmark = pytest.mark.crash
ROOM = "160m"  # an empty database takes 60
FEW, MANY = 20, 500  # people in one request
PUBLISH = """
import django; django.setup()
from tests.cast import Shop, graph, node
shop = Shop()
shop.defines("Order")
shop.publishes(graph(
    [node("event-1", event="Order"), node("update-profile-1", fields=[{"field": "thanked", "value": "true"}])],
    "event-1 > update-profile-1",
))
print(shop.key)
"""


class SmallPostgres:
    """A PostgreSQL of which `small`, the data or the log of changes, lies on a file system of a few megabytes."""

    def __init__(self, folder: Path, *, small: str) -> None:
        self.disk, roomy, self._sockets = folder / "disk", folder / "roomy", folder / "sockets"
        self._filler = self.disk / "filler"
        self._data = (self.disk if small == "data" else roomy) / "data"
        wal = (self.disk if small == "log" else roomy) / "wal"
        server = embedded_postgres._server(start=False)
        self._bin, self._user = server.bin_path, server.system_user
        for each in (self.disk, roomy, self._sockets):
            each.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(self.disk)], capture_output=True, text=True
        )
        if mounted.returncode:
            pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
        for each in (folder, *folder.parents):
            with contextlib.suppress(PermissionError):
                each.chmod(each.stat().st_mode | 0o055)  # for whom PostgreSQL runs as
        for each in (self._data, wal):
            each.mkdir()
        for each in (self._data, wal, self._sockets):
            self._give(each)
        self._run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "--wal-segsize=1", "--waldir", wal)

    def __enter__(self) -> "SmallPostgres":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.frees()
        with contextlib.suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")
        subprocess.run(["umount", str(self.disk)], check=True)

    @property
    def url(self) -> str:
        return f"postgresql://postgres:@/postgres?host={self._sockets}"

    def start(self) -> None:
        options = f"-h '' -k {self._sockets} -c shared_buffers=16MB -c max_wal_size=8MB -c min_wal_size=2MB"
        self._run("pg_ctl", "-D", self._data, "-l", self._sockets / "log", "-o", options, "-w", "start")

    def is_up_again(self) -> bool:
        """PostgreSQL ends when it cannot write its log and cannot recover; whoever supervises it starts it again."""
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url, connect_timeout=2):
            return True
        try:
            self._run("pg_ctl", "-D", self._data, "status")
        except subprocess.CalledProcessError:
            self.start()
        return False

    def fills(self) -> None:
        """Take all the room that is left, as anybody's file may."""
        with self._filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 4096)

    def frees(self) -> None:
        self._filler.unlink(missing_ok=True)

    def ask(self, question: str) -> object:
        with psycopg.connect(self.url) as connection:
            (found,) = connection.execute(question).fetchone()
            return found

    def _give(self, path: Path) -> None:
        if self._user is not None:
            subprocess.run(["chown", self._user, str(path)], check=True)
        path.chmod(0o700)

    def _run(self, program: str, *words: object) -> None:
        subprocess.run(
            [str(self._bin / program), *map(str, words)], user=self._user, check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
        )  # fmt: skip


@pytest.fixture
def run(tmp_path):
    """A product on a small disk: `run(small=…)` -> the database, the product, and the shop's write key."""
    with contextlib.ExitStack() as stack:

        def running(*, small: str):
            database = stack.enter_context(SmallPostgres(tmp_path, small=small))
            environment = {**os.environ, "DATABASE_URL": database.url, "DJANGO_SETTINGS_MODULE": "journeyopt.settings"}
            for command in (["manage.py", "migrate", "-v", "0"], ["-c", PUBLISH]):
                made = subprocess.run(
                    [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True
                )
                assert made.returncode == 0, made.stderr
            product = Product(tmp_path, DATABASE_URL=database.url)
            stack.callback(product.kill)
            product.start("web", "engine")
            return database, product, made.stdout.strip()

        yield running


def send(product: Product, key: str, first: int, count: int) -> int:
    items = [
        {
            "type": "track",
            "event": "Order",
            "userId": f"u{n}",
            "messageId": f"order-{n}",
            "properties": {"x": "y" * 200},
        }
        for n in range(first, first + count)
    ]
    body = json.dumps({"batch": items, "writeKey": key}).encode()
    try:
        with urlopen(
            Request(f"{product.url}/v1/batch", body, {"Content-Type": "application/json"}), timeout=30
        ) as answer:
            return answer.status
    except HTTPError as refused:
        return refused.code


def readiness(product: Product) -> tuple[int, list[str]]:
    try:
        with urlopen(f"{product.url}/readyz", timeout=30) as answer:
            return answer.status, []
    except HTTPError as refused:
        return refused.code, [problem["code"] for problem in json.load(refused)["problems"]]


@pytest.mark.parametrize(("small", "said"), [("data", "database.full"), ("log", "database.unreachable")])
def test_a_full_disk_is_said_and_what_was_accepted_is_processed_when_there_is_room_again(run, small, said):
    database, product, key = run(small=small)
    assert send(product, key, 0, FEW) == 200
    sent = FEW
    accepted = set(range(FEW))

    database.fills()
    answers: Counter[int] = Counter()
    for _ in range(60):
        status = send(product, key, sent, MANY)
        answers[status] += 1
        if status == 200:
            accepted |= set(range(sent, sent + MANY))
        sent += MANY
        if answers[503] == 3:
            break
    ready = readiness(product)
    alive = urlopen(f"{product.url}/healthz", timeout=10).status
    assert all(process.poll() is None for process in product.processes.values())

    database.frees()
    wait_until(database.is_up_again, "PostgreSQL is back")
    wait_until(lambda: send(product, key, sent, FEW) == 200, "there is room again")
    accepted |= set(range(sent, sent + FEW))
    recovered = readiness(product)
    wait_until(lambda: database.ask("SELECT count(*) FROM engine_inbox") == 0, "everything is taken")
    assert all(process.poll() is None for process in product.processes.values())
    product.stop()

    assert set(answers) <= {200, 503}
    assert answers[503] == 3
    assert (ready[0], alive, recovered) == (503, 200, (200, []))
    assert ready[1] == [said]
    kept = set(database.ask("SELECT array_agg(substr(message_id, 7)::int) FROM engine_event"))
    assert accepted <= kept, "what was answered with 200 is processed"
    assert database.ask("SELECT count(*) FROM engine_event") == len(kept), "once"
    assert database.ask("SELECT count(*) FROM engine_profile WHERE attributes ? 'thanked'") == len(kept)
    assert (
        database.ask("SELECT max(n) FROM (SELECT count(*) AS n FROM engine_step GROUP BY instance_id, visit) AS f") == 1
    )
    assert database.ask("SELECT count(*) FROM engine_discard") == 0, "nobody was set aside because of the disk"
