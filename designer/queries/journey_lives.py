"""From when to when versions take people in, for the calendar. Drafts do not live yet."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, Q
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from designer.models import Version
from designer.queries.journeys import LARGE
from designer.states import CURRENT, Status
from designer.week import Life
from engine.models import Sandbox

MOST = 300
OVER = (Status.CLOSED, Status.STOPPED, Status.FINISHED)
_MOMENT: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)


def between(
    sandbox: Sandbox, begins: datetime, over: datetime, *, statuses: Collection[str], now: datetime
) -> list[Life]:
    """The lives that may reach into this span, at most MOST. `statuses`: which of those that are over come along."""
    wanted = [*CURRENT, *(status for status in OVER if status in statuses)]
    found = Version.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=begins),
        journey__sandbox=sandbox,
        status__in=wanted,
        published_at__lt=over,
    ).annotate(planned_start=F("properties__starts_at"), planned_end=F("properties__ends_at"))
    rows = found.select_related("journey").defer(*LARGE).order_by("published_at", "pk")[:MOST]
    return [_life(row, now) for row in rows]


def _life(version: Any, now: datetime) -> Life:
    """From its publication or its start date, whichever is later, until it ended or will."""
    ends_at = version.ended_at or _moment(version.planned_end)
    starts_at = max(version.published_at, _moment(version.planned_start) or version.published_at)
    if ends_at is not None:
        starts_at = min(starts_at, ends_at)  # it was stopped before its start date came
    is_scheduled = version.status in CURRENT and starts_at > now
    return Life(version=version, starts_at=starts_at, ends_at=ends_at, is_scheduled=is_scheduled)


def _moment(value: object) -> datetime | None:
    """A moment of the properties; they are as the author wrote them, and were checked when they were published."""
    try:
        return _MOMENT.validate_python(value).astimezone(UTC)
    except ValidationError:
        return None
