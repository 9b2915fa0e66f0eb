"""A scene for a benchmark: the product's processes, a receiver, a sender."""

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from journeyopt.capacity import invented
from tests.benchmarks import ground
from tests.processes import Product, wait_until


@contextlib.contextmanager
def running(*names: str, **environment: str) -> Iterator[Product]:
    """The product's processes, ready; ended afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder), **environment)
        try:
            product.start(*names)
            yield product
        finally:
            product.stop()


class Sink:
    """A receiver in a process of its own. After the block, `count` and `ms` say what came."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.count = 0
        self.ms: list[float] = []

    def __enter__(self) -> "Sink":
        self._folder = tempfile.TemporaryDirectory()
        self._file = Path(self._folder.name) / "seen.json"
        command = [sys.executable, "-m", "journeyopt.capacity.sink", self.kind, str(self._file)]
        self._process = subprocess.Popen(command, cwd=ground.ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
        found = json.loads(self._file.read_text())
        self.count, self.ms = found["count"], sorted(found["ms"])
        self._folder.cleanup()


def send(product: Product, key: str, *, connections: int, seconds: float, **options: Any) -> dict[str, Any]:
    """Run the load generator; what it measured."""
    return finished(start_sending(product, key, connections=connections, seconds=seconds, **options))


def start_sending(
    product: Product, key: str, *, connections: int, seconds: float, **options: Any
) -> "subprocess.Popen[str]":
    command = [
        sys.executable,
        "-m",
        "journeyopt.capacity.sender",
        str(product.port),
        key,
        str(connections),
        str(seconds),
    ]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    return subprocess.Popen(command, cwd=ground.ROOT, stdout=subprocess.PIPE, text=True)


def finished(sender: "subprocess.Popen[str]", *, within: float = 600) -> dict[str, Any]:
    """What the load generator measured, at its end; `within` so many seconds."""
    out, _ = sender.communicate(timeout=within)
    assert sender.returncode == 0, "the load generator failed"
    found: dict[str, Any] = json.loads(out)
    return found


def until_quiet() -> None:
    """Wait until nothing is left to do."""
    deliveries = "SELECT 1 FROM engine_delivery WHERE state IN ('queued', 'sending')"
    left = f"SELECT 1 FROM engine_inbox UNION ALL {deliveries} LIMIT 1"
    wait_until(lambda: not invented.sql(left), "everything is done", patience=600)


def resident(process: int) -> float:
    """Megabytes that a process has in memory."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1_024
