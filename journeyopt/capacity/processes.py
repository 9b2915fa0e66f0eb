"""The product's processes, as many of them as are wanted, until the block ends."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings

PATIENCE = 60.0  # seconds until each must be ready
SAID = {"engine": "engine: working", "courier": "courier: carrying"}


class NotStarted(Exception):
    """A process ended, or was not ready in time; with what it said."""


@contextlib.contextmanager
def running(folder: Path, *names: str, port: int = 0, **environment: str) -> Iterator[None]:
    """Start these (web at `port`, engine, courier; engine0, engine1 for several) and wait until each can work."""
    started: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name in names:
            with (folder / f"{name}.log").open("wb") as log:
                started[name] = subprocess.Popen(
                    _command(name.rstrip("0123456789"), port),
                    cwd=settings.BASE_DIR,
                    env={**os.environ, "LOG_LEVEL": "WARNING", "PYTHONUNBUFFERED": "1", **environment},
                    stdout=log,
                    stderr=log,
                )
        for name, process in started.items():
            _await(name, process, folder / f"{name}.log", port)
        yield
    finally:
        for process in started.values():
            process.terminate()
        for process in started.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()


@contextlib.contextmanager
def module(name: str, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """A module of ours as a process that can be read from, ended afterwards."""
    command = [sys.executable, "-m", f"journeyopt.capacity.{name}", *arguments]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def _command(kind: str, port: int) -> list[str]:
    if kind != "web":
        return [sys.executable, "manage.py", f"run_{kind}"]
    granian = str(Path(sys.executable).parent / "granian")
    return [granian, "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port), "journeyopt.asgi:application"]


def _await(name: str, process: "subprocess.Popen[bytes]", log: Path, port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _is_ready(name.rstrip("0123456789"), log, port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise NotStarted(f"{name} did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)


def _is_ready(kind: str, log: Path, port: int) -> bool:
    said: Mapping[str, str] = SAID
    if kind in said:
        return said[kind] in log.read_text(errors="replace")
    with contextlib.suppress(URLError, OSError):
        return bool(urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).status == 200)
    return False
