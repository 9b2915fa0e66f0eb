"""When an audience is read: the occurrences of a schedule, as clocks in the journey's time zone show them. Pure."""

from calendar import monthrange
from datetime import datetime, timedelta, tzinfo

from engine.activities.base import Reading
from engine.expressions.temporal import at_local

_DAYS = {"daily": 1, "weekly": 7}


def next_after(reading: Reading, zone: tzinfo, *, opened_at: datetime, moment: datetime) -> datetime | None:
    """The first occurrence after `moment`; None when there is none any more. `opened_at`: since when it is published.

    Nothing happens before it is published: a schedule that began earlier goes on with its next occurrence, and what
    was to happen once happens at once.
    """
    first = _first(reading, opened_at)
    if reading.rhythm in ("as_soon_as_possible", "once"):
        single = max(first, opened_at)
        return single if single > moment else None
    number = max(0, _steps(reading, first.astimezone(zone), moment.astimezone(zone)) - 1)
    while (found := _occurrence(reading, first, zone, number)) <= moment or found < opened_at:
        number += 1
    return found if reading.until is None or found <= reading.until else None


def latest(reading: Reading, zone: tzinfo, *, opened_at: datetime, now: datetime) -> datetime | None:
    """The last occurrence that has come; None when none has yet."""
    first = _first(reading, opened_at)
    if reading.rhythm in ("as_soon_as_possible", "once"):
        single = max(first, opened_at)
        return single if single <= now else None
    until = now if reading.until is None else min(now, reading.until)
    number = _steps(reading, first.astimezone(zone), until.astimezone(zone)) + 1
    while number >= 0:
        found = _occurrence(reading, first, zone, number)
        if found <= until:
            return found if found >= opened_at else None
        number -= 1
    return None


def is_over(reading: Reading, zone: tzinfo, *, opened_at: datetime, now: datetime) -> bool:
    """Whether nothing comes any more after now."""
    return next_after(reading, zone, opened_at=opened_at, moment=now) is None


def _first(reading: Reading, opened_at: datetime) -> datetime:
    return reading.starts_at or opened_at


def _steps(reading: Reading, first: datetime, moment: datetime) -> int:
    """About how many repetitions lie between two local moments; off by one at most."""
    if reading.rhythm == "monthly":
        return ((moment.year - first.year) * 12 + moment.month - first.month) // reading.every
    return (moment.date() - first.date()).days // (_DAYS[reading.rhythm] * reading.every)


def _occurrence(reading: Reading, first: datetime, zone: tzinfo, number: int) -> datetime:
    """The occurrence of this number, from 0. An hour that the clock skips comes later by the gap."""
    if number == 0:
        return first
    local = first.astimezone(zone).replace(tzinfo=None)
    if reading.rhythm == "monthly":
        months = local.year * 12 + local.month - 1 + number * reading.every
        year, month = months // 12, months % 12 + 1
        local = local.replace(year=year, month=month, day=min(local.day, monthrange(year, month)[1]))
    else:
        local += timedelta(days=_DAYS[reading.rhythm] * reading.every * number)
    return at_local(local, zone)
