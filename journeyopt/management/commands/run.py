"""manage.py run: the whole product on this machine, from an empty folder to an address to open. `make run` calls it.

It holds the embedded PostgreSQL, brings the database up to date, makes the demo, starts what the Procfile names, and
says where to go when the first page answers. Everything stops with it.
"""

import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from honcho.environ import parse_procfile
from honcho.manager import Manager

from journeyopt import embedded_postgres

GRANIAN_LOGS = settings.BASE_DIR / "journeyopt" / "granian_logs.json"  # the web server speaks before Django does
DEMO_ONLY = {"sink", "sender"}
PATIENCE = 120  # seconds until the first page must answer


class Command(BaseCommand):
    help = "Run everything on this machine, until Ctrl+C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--without-demo", action="store_true", help="No demo shop, sink or sender.")

    def handle(self, *args: Any, without_demo: bool, **options: Any) -> None:
        wanted = self._processes(without_demo)
        self._require_free_ports(wanted)
        started = False
        try:
            with self._step("canvas", "the bundle fits its sources"):
                call_command("frontend", "repair", stdout=open(os.devnull, "w"))  # noqa: SIM115
            if embedded_postgres.is_wanted():
                with self._step("database", "embedded PostgreSQL is up"):
                    started = embedded_postgres.ensure()
            with self._step("tables", "up to date"):
                call_command("migrate", verbosity=0, interactive=False)
            with self._step("demo" if not without_demo else "log-in", "ready"):
                call_command("first_administrator" if without_demo else "demo", stdout=open(os.devnull, "w"))  # noqa: SIM115
            connections.close_all()  # the processes below are forked, and a connection must not be shared
            code = self._run(wanted)
        finally:
            if started:
                embedded_postgres.stop()
        sys.exit(0 if code in (130, 143) else code)

    def _processes(self, without_demo: bool) -> dict[str, str]:
        """Name -> command line, of the Procfile's processes that are wanted here."""
        named = parse_procfile((settings.BASE_DIR / "Procfile").read_text()).processes
        unwanted = (DEMO_ONLY if without_demo else set()) | (set() if settings.CATCHES_MAIL else {"mail"})
        return {name: command for name, command in named.items() if name not in unwanted}

    def _require_free_ports(self, wanted: dict[str, str]) -> None:
        """Say so before anything is started, and how to choose others."""
        sink = urlsplit(settings.DEMO_SINK_URL)
        places = {
            "web": (settings.HOST, settings.PORT, f"PORT={settings.PORT + 80} make run"),
            "mail": (
                settings.SMTP["hostname"],
                settings.SMTP["port"],
                f"MAIL_CATCHER_PORT={settings.SMTP['port'] + 80} make run",
            ),
            "sink": (sink.hostname, sink.port, "DEMO_SINK_URL=http://127.0.0.1:9026 make run"),
        }
        for name, (host, port, remedy) in places.items():
            if name in wanted and _is_taken(str(host), int(port)):  # type: ignore[arg-type]
                raise CommandError(
                    f"Port {port} is taken, and {name} needs it. Is JourneyOpt running already? If not: {remedy}"
                )

    def _run(self, wanted: dict[str, str]) -> int:
        folder = Path(sys.executable).parent
        environment = {
            **({"GRANIAN_LOG_CONFIG": str(GRANIAN_LOGS)} if settings.LOG_FORMAT == "json" else {}),
            **os.environ,
            "PATH": os.pathsep.join([str(folder), os.environ.get("PATH", "")]),
            "HOST": settings.HOST,
            "PORT": str(settings.PORT),
            "PYTHONUNBUFFERED": "1",
        }
        manager = Manager()
        for name, command in wanted.items():
            manager.add_process(name, command, env=environment, cwd=str(settings.BASE_DIR))
        threading.Thread(target=self._welcome, args=[manager], daemon=True).start()
        manager.loop()
        return int(manager.returncode or 0)

    def _welcome(self, manager: Manager) -> None:
        """Wait for the first page, then say where it is: the last thing printed before the processes' own lines."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            time.sleep(0.25)
            try:
                urlopen(f"http://{_reachable(settings.HOST)}:{settings.PORT}/log-in/", timeout=5).close()
            except (URLError, OSError):
                continue
            time.sleep(1.5)  # the others say that they have started
            self.stdout.write(self._greeting())
            self.stdout.flush()
            return

    def _greeting(self) -> str:
        from django.contrib.auth.models import User

        administrator = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
        connections.close_all()
        if administrator is None:
            log_in = "manage.py createsuperuser makes the first one"
        elif administrator.check_password(settings.ADMIN_PASSWORD):
            log_in = f"{administrator.get_username()} / {settings.ADMIN_PASSWORD}"
        else:
            log_in = f"{administrator.get_username()}, with the password you chose"
        return f"\n  JourneyOpt runs.\n\n  Open     {settings.BASE_URL}\n  Log in   {log_in}\n  Stop     Ctrl+C\n"

    @contextmanager
    def _step(self, name: str, done: str) -> Iterator[None]:
        self.stdout.write(f"  {name:<10}", ending="")
        self.stdout.flush()
        began = time.monotonic()
        yield
        self.stdout.write(f"{done} ({time.monotonic() - began:.1f} s)")


def _is_taken(host: str, port: int) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            return True
    return False


def _reachable(host: str) -> str:
    return "127.0.0.1" if host == "0.0.0.0" else host
