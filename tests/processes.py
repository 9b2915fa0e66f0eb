"""The product's real processes, for tests that go through all of it: started, stopped, killed.

product = Product(folder)
product.start("web", "engine", "courier", "mail")
product.kill("engine")          # as a power cut would
product.start("engine")
product.stop()                  # SIGTERM, all of them
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0  # seconds; two busy cores start Django in about 3


class Product:
    """One installation: its ports, its environment, its processes. Output goes to `folder`/<name>.log."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port, self.smtp_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "VAR_DIR": str(settings.VAR_DIR),
            "BASE_URL": self.url,
            "SMTP_URL": f"smtp://127.0.0.1:{self.smtp_port}",
            "PYTHONUNBUFFERED": "1",
            **environment,
        }

    def start(self, *names: str) -> None:
        """Start these and wait until each can do its work."""
        self.begin(*names)
        for name in names:
            wait_until(lambda name=name: self._is_ready(name), f"{name} is ready", lambda name=name: self.log(name))

    def begin(self, *names: str) -> None:
        """Start these without waiting for anything."""
        for name in names:
            command = self._commands()[name.rstrip("0123456789")]
            with (self.folder / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
                )

    def stop(self, *names: str) -> None:
        """SIGTERM, and wait: it must end by itself, cleanly."""
        for name in names or list(self.processes):
            process = self.processes.pop(name)
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                self._kill_group(process)
                raise AssertionError(f"{name} did not stop on SIGTERM:\n{self.log(name)}") from None

    def kill(self, *names: str) -> None:
        """SIGKILL to the process and its children, at once."""
        for name in names or list(self.processes):
            self._kill_group(self.processes.pop(name))

    def log(self, name: str) -> str:
        """The end of what a process said."""
        return (self.folder / f"{name}.log").read_text(errors="replace")[-4000:]

    def _commands(self) -> dict[str, list[str]]:
        manage = [sys.executable, "manage.py"]
        return {
            "web": [
                str(Path(sys.executable).parent / "granian"), "--interface", "asgi", "--host", "127.0.0.1",
                "--port", str(self.port), "journeyopt.asgi:application",
            ],
            "engine": [*manage, "run_engine"],
            "courier": [*manage, "run_courier"],
            "mail": [*manage, "run_mail_catcher"],
            "background": [*manage, "run_background"],
        }  # fmt: skip

    def _is_ready(self, name: str) -> bool:
        process = self.processes[name]
        if process.poll() is not None:
            raise AssertionError(f"{name} ended with {process.returncode}:\n{self.log(name)}")
        match name.rstrip("0123456789"):
            case "web":
                with contextlib.suppress(URLError, OSError):
                    return urlopen(f"{self.url}/log-in/", timeout=5).status == 200
                return False
            case "mail":
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.smtp_port), 1):
                    return True
                return False
            case kind:
                said = {
                    "engine": "engine: working",
                    "courier": "courier: carrying",
                    "background": "background: working",
                }[kind]
                return said in self.log(name)

    def _kill_group(self, process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def wait_until(
    is_so: Callable[[], object], what: str, explain: Callable[[], str] = str, *, patience: float = PATIENCE
) -> None:
    """Look again and again until it is so; an AssertionError with an explanation when patience ends."""
    deadline = time.monotonic() + patience
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {patience:g} s in vain until {what}.\n{explain()}")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def database_url() -> str:
    """The database of the running test, as processes are told of it."""
    found = connection.settings_dict
    user, password = quote(found["USER"] or ""), quote(found["PASSWORD"] or "")
    host, port = found["HOST"] or "", found["PORT"] or ""
    if host.startswith("/"):
        return f"postgresql://{user}:{password}@/{found['NAME']}?host={quote(host)}"
    return f"postgresql://{user}:{password}@{host}:{port or 5432}/{found['NAME']}"
