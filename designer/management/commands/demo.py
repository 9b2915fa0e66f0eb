"""manage.py demo: the demo shop: its sandbox, events, audiences, published journeys. What is there is left as it is."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand

from designer.actions.create_audience import create_audience
from designer.actions.create_first_administrator import create_first_administrator
from designer.actions.create_journey import create_journey
from designer.actions.create_sandbox import create_sandbox
from designer.actions.publish import publish
from designer.demo import audiences, journeys, keeping, shop
from designer.models import Journey
from engine import clock
from engine.models import Audience, Sandbox

JOURNEYS = (
    ("Welcome series", "Greets new people and nudges those who do not order.", journeys.welcome),
    ("Abandoned cart", "Reminds people of what they left in their cart.", journeys.abandoned_cart),
    (
        "Order thank-you",
        "Tells the warehouse about an order and thanks for it.",
        lambda: journeys.order_thanks(f"{settings.DEMO_SINK_URL}/orders"),
    ),
    (
        "Win back",
        "Every day, offers something to newsletter readers who bought nothing lately.",
        lambda: journeys.win_back(clock.now() + UNTIL_READ),
    ),
)
UNTIL_READ = timedelta(minutes=5)  # by then the website has introduced its people


class Command(BaseCommand):
    help = "Make the demo shop, unless it is there."

    def handle(self, *args: Any, **options: Any) -> None:
        administrator = create_first_administrator(now=clock.now())
        sandbox = create_sandbox(name=shop.SANDBOX, title=shop.TITLE, kind="production")
        create_sandbox(name="playground", title="Playground", kind="development")
        shop.define_events(sandbox)
        if keeping.kept_key(sandbox) is None:
            keeping.keep_key(shop.make_write_key(sandbox, by=administrator))
        self._audiences(sandbox, administrator)
        made = self._journeys(sandbox, administrator)
        self.stdout.write(f"demo: {made} journeys published" if made else "demo: the shop is there")

    def _audiences(self, sandbox: Sandbox, by: User) -> None:
        """Make the shop's audiences, in a sandbox that has neither journeys nor audiences."""
        if Journey.objects.filter(sandbox=sandbox).exists() or Audience.objects.filter(sandbox=sandbox).exists():
            return
        for wanted in audiences.AUDIENCES:
            create_audience(wanted, sandbox=sandbox, by=by, now=clock.now())

    def _journeys(self, sandbox: Sandbox, by: User) -> int:
        """Publish them, but only into a sandbox without journeys: what a person deleted stays deleted."""
        if Journey.objects.filter(sandbox=sandbox).exists():
            return 0
        for name, description, draw in JOURNEYS:
            version = create_journey(
                sandbox=sandbox, name=name, description=description, by=by, now=clock.now(), graph=draw()
            )
            publish(version, by=by, now=clock.now())
        return len(JOURNEYS)
