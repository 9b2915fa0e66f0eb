"""manage.py run_demo_sender: plays the demo shop's website, with Segment's client library over the event endpoint."""

import atexit
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from segment.analytics.client import Client

from designer.demo import keeping, people, shop
from designer.demo.website import Website, play
from engine.models import Profile, Sandbox


class Command(BaseCommand):
    help = "Play the demo shop's website until SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--per-second", type=float, default=4.0, help="Visitors a second.")

    def handle(self, *args: Any, per_second: float, **options: Any) -> None:
        over = threading.Event()
        for signal_ in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_, lambda *_: over.set())
        sandbox = Sandbox.objects.filter(name=shop.SANDBOX).first()
        key = keeping.kept_key(sandbox) if sandbox else None
        if sandbox is None or key is None:
            raise CommandError("There is no demo shop to play. Make it first: manage.py demo")
        client = Client(
            key, host=settings.BASE_URL, max_queue_size=20_000, upload_size=100, max_retries=10,
            on_error=lambda error, items: self.stderr.write(f"sender: {len(items)} events did not arrive: {error}"),
        )  # fmt: skip
        website = Website(client)
        if Profile.objects.filter(sandbox=sandbox)[: people.COUNT].count() < people.COUNT:
            website.introduce_everybody(self.stdout.write)
        self.stdout.write(f"sender: {per_second:g} visitors a second")
        play(website, per_second=per_second, is_over=over.is_set)
        self._hang_up(client)
        self.stdout.write("sender: stopped")

    def _hang_up(self, client: Client) -> None:
        """Send what is left, if the server still answers; when everything stops at once, it does not."""
        atexit.unregister(client.join)
        leaving = threading.Thread(target=client.shutdown, daemon=True)
        leaving.start()
        leaving.join(2)
