"""manage.py first_administrator: makes `admin` on an installation that has no administrator yet."""

from typing import Any

from django.core.management.base import BaseCommand

from designer.actions.create_first_administrator import create_first_administrator
from engine import clock


class Command(BaseCommand):
    help = "Make the first administrator, unless there is one."

    def handle(self, *args: Any, **options: Any) -> None:
        user = create_first_administrator(now=clock.now())
        self.stdout.write(f"administrator: {user.get_username()}")
