"""manage.py capacity: what this machine can do, measured for a minute with the real processes.

It makes a database of its own beside the product's, and drops it again. The machine is busy meanwhile: not beside
people who wait for it.
"""

import os
import subprocess
import sys
import time
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from journeyopt import embedded_postgres
from journeyopt.capacity import scratch
from journeyopt.capacity.parts import QUICK, Sizes, TooSlow, cores, measure
from journeyopt.capacity.processes import NotStarted

HERE = "JOURNEYOPT_CAPACITY_HERE"  # set for the process that measures, in the database made for it


class Command(BaseCommand):
    help = "Measure what this machine can do: a minute, in a database of its own."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workers", type=int, default=cores(), help="Engine workers; by default one a core.")

        parser.add_argument("--quick", action="store_true", help="A tenth of everything: to see that it works.")

    def handle(self, *args: Any, workers: int, quick: bool, **options: Any) -> None:
        if os.environ.get(HERE):
            self._measure(workers, QUICK if quick else Sizes())
            return
        if workers < 1:
            raise CommandError("--workers is at least 1.")
        embedded_postgres.ensure_if_embedded()
        try:
            with scratch.database() as address:
                environment = {**os.environ, "DATABASE_URL": address, HERE: "yes", "LOG_LEVEL": "WARNING"}
                capacity = ["capacity", "--workers", str(workers), *(["--quick"] if quick else [])]
                for arguments in (["migrate", "-v", "0"], capacity):
                    command = [sys.executable, "manage.py", *arguments]
                    code = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=False).returncode
                    if code:
                        raise CommandError(f"Nothing could be measured: {arguments[0]} failed.", returncode=code)
        except psycopg.Error as error:
            raise CommandError(
                f"A database to measure in could not be made: {error}. Its role needs CREATEDB; the database that "
                "you use is not touched."
            ) from error

    def _measure(self, workers: int, sizes: Sizes) -> None:
        began, load = time.monotonic(), os.getloadavg()[0]
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            postgres = cursor.fetchone()[0].split()[0]
        self.stdout.write(f"\n  {cores()} cores, PostgreSQL {postgres}, engine workers: {workers}\n\n")
        try:
            for figure in measure(workers, sizes):
                self.stdout.write(f"  {figure.what:<26}{figure.rate:>18}   {figure.remark}")
                self.stdout.flush()
        except (NotStarted, TooSlow) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"\n  Measured in {time.monotonic() - began:.0f} s.")
        if load > 0.5 * cores():
            self.stdout.write(f"  Others were at work on this machine (load {load:.1f}): it can do more than this.")
        self.stdout.write("")
