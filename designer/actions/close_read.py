"""Close versions whose audience is not read any more: nobody else can enter them. The scheduler calls this."""

from datetime import datetime

from django.db import transaction

from designer import audit, live
from designer.errors import IllegalMove
from designer.models import Journey, Version
from engine import audience_control, control


def close_read(*, now: datetime) -> int:
    """Live, and everybody was read -> closed; those inside finish. How many.

    Safe to call from two processes at once.
    """
    closed = 0
    for version in Version.objects.filter(pk__in=audience_control.readings_over(now)).select_related("journey"):
        with transaction.atomic():
            journey = Journey.objects.select_for_update().get(pk=version.journey_id)
            try:
                version.move("close", ended_at=now)
            except IllegalMove:
                continue  # paused or ended, since we looked
            Journey.objects.filter(pk=journey.pk).update(changed_at=now)
            control.close(version_id=version.pk, now=now)
            audit.of_version("version.closed", version, by=None, now=now)
            live.tell(version.pk)
            closed += 1
    return closed
