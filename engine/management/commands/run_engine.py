"""manage.py run_engine: one engine worker. Start as many as the machine, or the machines, can carry."""

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from engine.logs import announce
from engine.runtime.worker import Worker


class Command(BaseCommand):
    help = "Run one engine worker until SIGTERM."
    requires_system_checks: list[str] = []  # they load all pages: 0.45 s, 23 MB

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker(limit=settings.ENGINE_BATCH)
        signal.signal(signal.SIGTERM, worker.stop)
        signal.signal(signal.SIGINT, worker.stop)
        announce(self, "engine: working")
        worker.run()
        announce(self, "engine: stopped")
