"""Let people who are held in a resuming version go on: at most so many a second, then the version is live."""

from datetime import datetime

from django.db import transaction

from designer import live
from designer.errors import IllegalMove
from designer.models import Version
from designer.states import Status
from engine import control

A_SECOND = 5_000


def release_some(version: Version, *, after: int, now: datetime) -> int | None:
    """Release the next people, in the order of their entrance. Where to go on; None when nobody was left.

    Then the version is live again. Called again from the beginning it does no harm: who went on already stays there.
    """
    with transaction.atomic():
        count, last = control.release(version_id=version.pk, after=after, most=A_SECOND, now=now)
        if count == A_SECOND:
            return last
        try:
            version.move("settle")
        except IllegalMove:
            return None  # stopped meanwhile, or settled by another process
        control.settle(version_id=version.pk)
        live.tell(version.pk)
    return None


def resuming() -> list[Version]:
    return list(Version.objects.filter(status=Status.RESUMING).select_related("journey")[:100])
