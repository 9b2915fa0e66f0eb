"""Finish what has been closed for 91 days: by then nobody can be inside any more. The scheduler calls this."""

from datetime import datetime, timedelta

from django.db import transaction

from designer import audit, live
from designer.errors import IllegalMove
from designer.models import Journey, Version
from designer.states import Status
from engine import control

LONGEST_STAY = timedelta(days=91)


def finish_due(*, now: datetime, limit: int = 500) -> int:
    """Closed for 91 days -> finished. How many it were; safe to call from two processes at once."""
    due = Version.objects.filter(status=Status.CLOSED, ended_at__lte=now - LONGEST_STAY).select_related("journey")
    finished = 0
    for version in due.order_by("ended_at")[:limit]:
        with transaction.atomic():
            journey = Journey.objects.select_for_update().get(pk=version.journey_id)
            try:
                version.move("finish")
            except IllegalMove:
                continue  # stopped, or finished by another process, since we looked
            Journey.objects.filter(pk=journey.pk).update(changed_at=now)
            control.finish(version_id=version.pk, now=now)
            audit.of_version("version.finished", version, by=None, now=now)
            live.tell(version.pk)
            finished += 1
    return finished
