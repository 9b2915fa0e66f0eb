"""manage.py run_sink: the other system of the demo. It takes any HTTP call and answers as a warehouse would."""

import asyncio
import signal
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from engine.logs import announce


class Command(BaseCommand):
    help = "Answer HTTP calls on DEMO_SINK_URL's address until SIGTERM."
    requires_system_checks: list[str] = []  # they load all pages: 0.45 s, 23 MB

    def add_arguments(self, parser: CommandParser) -> None:
        address = urlsplit(settings.DEMO_SINK_URL)
        parser.add_argument("--host", default=address.hostname)
        parser.add_argument("--port", type=int, default=address.port)

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(self._run(options["host"], options["port"]))

    async def _run(self, host: str, port: int) -> None:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", _answer)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, host, port).start()
        announce(self, f"sink: answering on {host}:{port}")
        over = asyncio.Event()
        for signal_ in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(signal_, over.set)
        await over.wait()
        await runner.cleanup()
        announce(self, "sink: stopped")


async def _answer(request: web.Request) -> web.Response:
    """200 with a receipt; the same key gets the same receipt, as a well-behaved receiver does."""
    await request.read()
    key = request.headers.get("Idempotency-Key", "")
    return web.json_response({"accepted": True, "receipt": f"W-{key[-8:] or '0'}"})
