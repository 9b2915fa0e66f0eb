"""The campaign: load on the real processes, kills at random, and then the books."""

import itertools
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median
from urllib.request import Request, urlopen

import orjson
from django.db import Error, connections
from django.db.models import Sum

from engine.models import OPEN_RUN, BusinessEvent, ReadCount, ReadMember, ReadRun, StepEvent
from journeyopt import embedded_postgres
from tests.carrying import Post
from tests.cast import Shop, graph, node
from tests.crash.load import Compared, Sender, compare, is_quiet, orders, slowly, what_is_left
from tests.processes import Product, wait_until
from tests.readers import makes_audience, makes_people
from tests.sinks import HttpSink
from tests.stories.test_business_events import RULE, SCHEMA

OURS = ("web", "engine1", "engine2", "courier1", "courier2", "background")
DATABASE = ("backend", "database")  # one connection's process; the whole server at once
FREEZABLE = ("courier1", "courier2", "engine1", "engine2")
FROZEN = 23.0  # seconds: longer than a lease
SENDERS = 3
READERS, FIRST_READER = 20, 10_000_000  # who is read because of a business event, beside those who order
BETWEEN_FALLS = 4.0  # seconds between two business events
SETTLING = 120.0  # seconds: a job of a killed background process is done a minute later, a lease runs out after 20


class Campaign:
    """One installation under attack. `folder` holds the logs and the database."""

    def __init__(self, folder: Path, *, seed: int, rate: float) -> None:
        self._chance = random.Random(seed)
        self._rate = rate
        self._folder = folder
        self._kills: Counter[str] = Counter()
        self._recoveries: dict[str, list[float]] = {}
        self._senders: list[Sender] = []
        self._thawing: list[threading.Timer] = []
        self._struck: list[tuple[str, float]] = []  # what was killed, and when it was started again

    def run(self, seconds: float) -> str:
        """Everything, from the first event to the report. AssertionError when anything was lost or came twice."""
        began = time.monotonic()
        with HttpSink(slowly) as sink, Post() as post:
            shop = Shop()
            version, readers = self._publish(shop, sink.url)
            product = Product(self._folder, SMTP_URL=f"smtp://127.0.0.1:{post.port}")
            try:
                product.start(*OURS)
                self._senders = [
                    Sender(product, shop.key, itertools.count(first, SENDERS), pause=SENDERS / self._rate)
                    for first in range(SENDERS)
                ]
                falls = Falls(product, shop.key)
                for thread in (*self._senders, falls):
                    thread.start()
                self._kill_at_random(product, seconds)
                for timer in self._thawing:
                    timer.join()
                self._strike(product, "database")  # the last word: all of them live through it by themselves
                time.sleep(2)
                for thread in (*self._senders, falls):
                    thread.stop()
                for thread in (*self._senders, falls):
                    thread.join(60)
                    assert not thread.is_alive(), f"{thread} is not answered:\n{product.log('web')}"
                stopped = time.monotonic()
                wait_until(
                    lambda: _asked(is_quiet) and _asked(_is_read), "everything has come to rest",
                    lambda: _everything_left(product), patience=SETTLING,
                )  # fmt: skip
                settled = time.monotonic() - stopped
                self._must_live(product)
                product.stop()
            finally:
                product.kill()
            mails = [_message_id(source) for _, source in post.mails]
            found = compare(version, self._senders, sink, mails)
            runs = _compare_readings(readers, falls.accepted)
        return self._report(found, runs, settled, time.monotonic() - began)

    def _publish(self, shop: Shop, url: str) -> tuple[int, int]:
        """The journey of those who order, and the one into which an audience is read whenever a price falls."""
        shop.defines("Order")
        shop.defines("PriceFell", RULE, type="business", namespace="", schema=SCHEMA)
        makes_audience(shop, makes_people(shop, READERS, first=FIRST_READER))
        told = node("update-profile-1", fields=[{"field": "told", "value": "@event{PriceFell.price}"}])
        falling = graph(
            [
                node("business-event-1", event="PriceFell", multiple_executions=True),
                node("read-audience-1", audience="Buyers", namespace="userId"),
                told,
            ],
            "business-event-1 > read-audience-1",
            "read-audience-1 > update-profile-1",
        )
        return shop.publishes(orders(url)), shop.publishes(falling, journey=2, name="Falling prices")

    # Killing -------------------------------------------------------------------------------------------------------

    def _kill_at_random(self, product: Product, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        rounds = 0
        while time.monotonic() < deadline:
            time.sleep(self._chance.uniform(0.5, 2.5))
            self._must_live(product)
            rounds += 1
            if rounds % 9 == 5:
                self._freeze(product, self._chance.choice(FREEZABLE))
            elif rounds % 4 == 0:
                self._strike(product, self._chance.choice(DATABASE))
            else:
                self._strike(product, *self._chance.sample(OURS, self._chance.choice((1, 1, 1, 2, 3))))

    def _strike(self, product: Product, *victims: str) -> None:
        """Kill these at once, leave them dead for a moment, and start them again."""
        pause = self._chance.uniform(0.0, 1.5)
        match victims:
            case ("backend",):
                self._kills["backend"] += self._kill_backend()
            case ("database",):
                _pg_ctl("stop", "-m", "immediate")
                time.sleep(pause)
                self._struck.append(("database", time.monotonic()))
                embedded_postgres.ensure()
                self._kills["database"] += 1
            case _:
                product.kill(*victims)
                self._kills.update(name.rstrip("12") for name in victims)
                time.sleep(pause)
                if "web" in victims:
                    self._struck.append(("web", time.monotonic()))
                product.begin(*victims)

    def _kill_backend(self) -> int:
        """SIGKILL for the process behind one connection: PostgreSQL then ends all of them, and recovers."""
        wait_until(lambda: _asked(_answers), "the database answers")
        try:
            with connections["default"].cursor() as cursor:
                cursor.execute(
                    "SELECT pid FROM pg_stat_activity "
                    "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY pid"
                )
                pids = [pid for (pid,) in cursor.fetchall()]
        except Error:
            return 0  # it is still recovering from the one before
        finally:
            connections["default"].close()
        if not pids:
            return 0
        self._struck.append(("backend", time.monotonic()))
        os.kill(self._chance.choice(pids), signal.SIGKILL)
        return 1

    def _freeze(self, product: Product, name: str) -> None:
        """Let it stand still for longer than its leases last, while the rest goes on."""
        process = product.processes[name]
        os.killpg(process.pid, signal.SIGSTOP)
        self._kills[f"frozen {name.rstrip('12')}"] += 1

        def thaw() -> None:
            if process.poll() is None:  # else it was killed meanwhile
                os.killpg(process.pid, signal.SIGCONT)

        timer = threading.Timer(FROZEN, thaw)
        timer.daemon = True
        timer.start()
        self._thawing.append(timer)

    def _must_live(self, product: Product) -> None:
        """Nothing of ours ends by itself, whatever happens to the database."""
        for name, process in product.processes.items():
            assert process.poll() is None, f"{name} ended by itself with {process.returncode}:\n{product.log(name)}"

    # The books -----------------------------------------------------------------------------------------------------

    def _report(self, found: Compared, runs: int, settled: float, lasted: float) -> str:
        answers = sorted(pair for sender in self._senders for pair in sender.answers)
        for what, at in self._struck:
            after = [answered - at for asked, answered in answers if asked >= at]
            if after:
                self._recoveries.setdefault(what, []).append(min(after))
        lines = [
            f"kills                  {sum(self._kills.values())}: "
            + ", ".join(f"{count} {name}" for name, count in sorted(self._kills.items()) if count),
            f"events                 {found.events:,} answered with 200, each processed once; "
            f"{found.sent_again} requests sent again",
            f"business events        {runs}, each answered once",
            f"steps                  {found.steps:,}, none twice",
            f"deliveries             {found.deliveries:,}; {found.again} arrived again, each under the same key",
            f"outcome unknown        {found.unknown}",
            f"duplicates prevented   {found.prevented}",
            *(
                f"events taken again     {median(took):.1f} s (at most {max(took):.1f}) after {what} {_struck(what)}"
                for what, took in sorted(self._recoveries.items())
            ),
            f"everything at rest     {settled:.1f} s after the last event, {lasted:.0f} s in all",
        ]
        return "\n".join(["", *lines])


class Falls(threading.Thread):
    """Tells of falling prices, each until it is taken."""

    def __init__(self, product: Product, key: str) -> None:
        super().__init__(daemon=True)
        self.accepted = 0
        self._url, self._key = f"{product.url}/inlet", key
        self._is_over = threading.Event()

    def stop(self) -> None:
        self._is_over.set()

    def run(self) -> None:
        while not self._is_over.is_set():
            entity = {"_id": f"fall-{self.accepted}", "_schema": "prices", "eventType": "PriceFell", "product": "Desk",
                      "price": self.accepted}  # fmt: skip
            body = orjson.dumps({"header": {"schemaRef": {"id": "prices"}}, "body": {"xdmEntity": entity}})
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"}
            while True:
                try:
                    with urlopen(Request(self._url, body, headers), timeout=10) as answer:
                        answer.read()
                    break
                except OSError:
                    time.sleep(0.2)
            self.accepted += 1
            self._is_over.wait(BETWEEN_FALLS)


def _struck(what: str) -> str:
    return "killed" if what == "backend" else "started again"


def _answers() -> bool:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _is_read() -> bool:
    return not BusinessEvent.objects.exists() and not ReadRun.objects.filter(state__in=OPEN_RUN).exists()


def _compare_readings(version: int, falls: int) -> int:
    """Each business event had the audience read once, whole or until the next one overtook it; how many there were."""
    runs = ReadRun.objects.filter(version_id=version)
    assert runs.count() == falls == runs.values("event_id").distinct().count(), "each business event is answered once"
    assert not runs.exclude(state="done", read=READERS).exclude(state="dropped", reason="overtaken").exists()
    assert not ReadMember.objects.exists()
    read = runs.aggregate(read=Sum("read"))["read"]
    fared = ReadCount.objects.aggregate(entered=Sum("entered"), refused=Sum("refused"))
    assert (fared["entered"] or 0) + (fared["refused"] or 0) == read, (
        f"who is read enters, or is refused, once: {fared}"
    )
    steps = Counter(StepEvent.objects.filter(version_id=version).values_list("instance_id", "visit"))
    assert set(steps.values()) == {1}, "no step twice"
    return falls


def _asked(question: Callable[[], bool]) -> bool:
    """The answer; no as long as the database cannot be asked."""
    try:
        return question()
    except Error:
        connections["default"].close()
        return False


def _everything_left(product: Product) -> str:
    runs = list(ReadRun.objects.filter(state__in=OPEN_RUN).values("id", "state", "reason", "read", "total")[:5])
    waiting = BusinessEvent.objects.count()
    return f"{what_is_left()}; {waiting} business events; readings: {runs}\n{product.log('background')}"


def _message_id(source: str) -> str:
    return next(line.partition(": ")[2] for line in source.splitlines() if line.startswith("Message-ID: "))


def _pg_ctl(*words: str) -> None:
    server = embedded_postgres._server(start=False)
    subprocess.run(
        [str(server.bin_path / "pg_ctl"), "-w", "-D", str(embedded_postgres.folder()), *words],
        user=server.system_user, stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
