"""Finish what is over: its end date has come, or it has been closed for 91 days. The scheduler calls this."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from designer import audit, live
from designer.errors import IllegalMove
from designer.models import Journey, Version
from designer.states import CURRENT, Status
from engine import control

LONGEST_STAY = timedelta(days=91)


def finish_due(*, now: datetime, limit: int = 500) -> int:
    """Over -> finished. How many it were; safe to call from two processes at once.

    At its end date everybody inside leaves by themselves (engine/interpreter.py); 91 days after it was closed nobody
    can be inside any more.
    """
    closed_long_ago = Q(status=Status.CLOSED, ended_at__lte=now - LONGEST_STAY)
    over = Q(status__in=[*CURRENT, Status.CLOSED], pk__in=control.over_at(now))
    due = Version.objects.filter(closed_long_ago | over).select_related("journey")
    finished = 0
    for version in due.order_by(F("ended_at").asc(nulls_last=True))[:limit]:
        with transaction.atomic():
            journey = Journey.objects.select_for_update().get(pk=version.journey_id)
            try:
                version.move("finish", ended_at=version.ended_at or now, pause_mode="", resumes_at=None)
            except IllegalMove:
                continue  # stopped, or finished by another process, since we looked
            Journey.objects.filter(pk=journey.pk).update(changed_at=now)
            control.finish(version_id=version.pk, now=now)
            audit.of_version("version.finished", version, by=None, now=now)
            live.tell(version.pk)
            finished += 1
    return finished
