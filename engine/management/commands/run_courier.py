"""manage.py run_courier: one courier. It makes the deliveries that journeys ask for."""

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from engine.delivery.courier import Courier
from engine.delivery.email import EmailChannel
from engine.delivery.http import HttpChannel
from engine.logs import announce


class Command(BaseCommand):
    help = "Run one courier until SIGTERM."
    requires_system_checks: list[str] = []  # they load all pages: 0.45 s, 23 MB

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        courier = Courier(
            channels={
                "email": EmailChannel(server=settings.SMTP, sender=settings.MAIL_FROM),
                "http": HttpChannel(connections=settings.COURIER_CONCURRENCY),
            },
            concurrency=settings.COURIER_CONCURRENCY,
        )
        loop = asyncio.get_running_loop()
        for signal_ in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signal_, courier.stop)
        announce(self, "courier: carrying")
        await courier.run()
        announce(self, "courier: stopped")
