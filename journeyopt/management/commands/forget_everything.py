"""manage.py forget_everything: stops the embedded database and deletes VAR_DIR. `make reset` calls it."""

import shutil
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from journeyopt import embedded_postgres


class Command(BaseCommand):
    help = "Delete the embedded database and everything else in VAR_DIR."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *args: Any, yes: bool, **options: Any) -> None:
        if not embedded_postgres.is_wanted():
            raise CommandError(
                "DATABASE_URL names a database that is not ours to delete. Unset it, or drop that database yourself."
            )
        if not yes and not self._is_sure():
            raise CommandError("Nothing was deleted.")
        if embedded_postgres.folder().exists():
            embedded_postgres.stop()
        shutil.rmtree(settings.VAR_DIR, ignore_errors=True)
        self.stdout.write("Deleted. The next `make run` begins anew.")

    def _is_sure(self) -> bool:
        if not sys.stdin.isatty():
            raise CommandError("This deletes every journey, person and event. Say --yes if you mean it.")
        self.stdout.write(f"This deletes {settings.VAR_DIR}: every journey, person and event of the embedded database.")
        return input("Type yes to go on: ").strip() == "yes"
