"""manage.py run_mail_catcher: the local mail server of `make run`. It keeps mail and sends nothing on."""

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from engine.delivery.mail_catcher import MailCatcher
from engine.logs import announce


class Command(BaseCommand):
    help = "Catch mail on SMTP_URL's address until SIGTERM."
    requires_system_checks: list[str] = []  # they load all pages: 0.45 s, 23 MB

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.SMTP["hostname"])
        parser.add_argument("--port", type=int, default=settings.SMTP["port"])

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(self._run(options["host"], options["port"]))

    async def _run(self, host: str, port: int) -> None:
        catching = asyncio.create_task(MailCatcher(hostname=host, port=port).run())
        loop = asyncio.get_running_loop()
        for signal_ in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signal_, catching.cancel)
        announce(self, f"mail: catching on {host}:{port}")
        await asyncio.wait([catching])
        if not catching.cancelled():
            catching.result()
        announce(self, "mail: stopped")
