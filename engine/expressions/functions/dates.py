"""Date-times and the present moment. One evaluation sees one "now"."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from engine.expressions import temporal
from engine.expressions.facts import Facts
from engine.expressions.signatures import Family

FAMILY = Family("Dates")

UNITS = ("years", "months", "days", "hours", "minutes", "seconds")


def present(facts: Facts) -> datetime:
    moment = facts.now
    return moment if isinstance(moment.tzinfo, timezone) else temporal.fixed(moment)


def moved(moment: datetime, count: int, unit: str) -> datetime | None:
    """The wall clock moved by calendar units, or the instant by exact ones; None outside of the calendar."""
    try:
        if unit == "years":
            return temporal.plus_months(moment, 12 * count)
        if unit == "months":
            return temporal.plus_months(moment, count)
        return moment + timedelta(**{unit: count})
    except OverflowError:
        return None


@FAMILY.function(
    "currentTimeInMillis",
    "() -> integer",
    doc="The present moment in milliseconds since 1970.",
    example=("currentTimeInMillis() == toInteger(now())", "true"),
    reads_facts=True,
)
def current_time_in_millis(facts: Facts) -> int:
    return temporal.milliseconds(facts.now)


# (now, n) -> from when until when, both ends counting; None: without an end, or beyond the calendar.
Window = Callable[[datetime, int], tuple[datetime | None, datetime | None]]
WINDOWS: dict[str, Window] = {}


def _window(unit: str, direction: int) -> Window:
    @lru_cache(maxsize=100)
    def ends(moment: datetime, delta: int) -> tuple[datetime | None, datetime | None]:
        now = moment.astimezone(UTC)
        bound = moved(now, direction * delta, unit)
        return (bound, now) if direction < 0 else (now, bound)

    return ends


def _within(window: Window) -> Callable[[Facts, datetime, int], bool]:
    def is_within(facts: Facts, moment: datetime, delta: int) -> bool:
        if delta < 0:
            return False
        first, last = window(facts.now, delta)
        return (first is None or first <= moment) and (last is None or moment <= last)

    return is_within


for _direction, _name, _sentence, _example in (
    (-1, "inLast", "not before the last `n` {unit} and not after now", "2026-01-15T09:30:00Z"),
    (1, "inNext", "not before now and within the next `n` {unit}", "2026-01-15T10:30:00Z"),
):
    for _unit in ("hours", "days", "months", "years"):
        WINDOWS[f"{_name}{_unit.capitalize()}"] = _window(_unit, _direction)
        FAMILY.function(
            f"{_name}{_unit.capitalize()}",
            "(dateTime, integer) -> boolean",
            doc=f"True when the dateTime is {_sentence.format(unit=_unit)}, in UTC. Both ends count; a negative `n` is "
            "never true.",
            example=(f'{_name}{_unit.capitalize()}(toDateTime("{_example}"), 1)', "true"),
            nulls="false",
            reads_facts=True,
        )(_within(WINDOWS[f"{_name}{_unit.capitalize()}"]))


@FAMILY.function(
    "now",
    "() -> dateTime",
    "(zone) -> dateTime",
    doc="The present moment in UTC, or with the offset of a time zone.",
    example=('now("Europe/Paris")', 'date("2026-01-15T11:00:00+01:00")'),
    reads_facts=True,
)
def now(facts: Facts, zone: str = "UTC") -> datetime | None:
    found = temporal.find_zone(zone)
    return temporal.in_zone(facts.now, found) if found else None


@FAMILY.function(
    "nowWithDelta",
    "(integer, unit) -> dateTime",
    "(integer, unit, zone) -> dateTime",
    doc="The present moment moved by a number of years, months, days, hours, minutes or seconds. Years, months "
    "and days are those of the calendar of the time zone (UTC when none is given), a month that is too short "
    "ends on its last day; hours, minutes and seconds are exact. Null outside of the years 1 to 9999.",
    example=('nowWithDelta(-2, "hours")', 'date("2026-01-15T08:00:00Z")'),
    reads_facts=True,
)
def now_with_delta(facts: Facts, count: int, unit: str, zone: str = "UTC") -> datetime | None:
    found = temporal.find_zone(zone)
    if found is None or unit not in UNITS:
        return None
    start = temporal.in_zone(facts.now, found)
    if unit in ("hours", "minutes", "seconds"):
        exact = moved(start, count, unit)
        return temporal.in_zone(exact, found) if exact else None
    local = moved(start.replace(tzinfo=None), count, unit)
    if local is None:
        return None
    try:
        return temporal.at_local(local, found)
    except OverflowError:
        return None


@FAMILY.function(
    "setHours",
    "(dateTime, integer) -> dateTime",
    "(dateTimeOnly, integer) -> dateTimeOnly",
    doc="The date-time with another hour (0 to 23); minutes, seconds and offset stay. Null for any other hour.",
    example=('setHours(date("2024-02-19T10:30:00Z"), 8)', 'date("2024-02-19T08:30:00Z")'),
)
def set_hours(moment: datetime, hour: int) -> datetime | None:
    return moment.replace(hour=hour) if 0 <= hour <= 23 else None


@FAMILY.function(
    "setDays",
    "(dateTime, integer) -> dateTime",
    "(dateTimeOnly, integer) -> dateTimeOnly",
    doc="The date-time on another day of its month (1 to 31), or on the last one when the month is shorter. Null "
    "for any other day.",
    example=('setDays(date("2024-02-19T10:30:00Z"), 31)', 'date("2024-02-29T10:30:00Z")'),
)
def set_days(moment: datetime, day: int) -> datetime | None:
    if not 1 <= day <= 31:
        return None
    return moment.replace(day=min(day, temporal.days_in_month(moment)))


@FAMILY.function(
    "updateTimeZone",
    "(dateTime, zone) -> dateTime",
    doc="The same instant, with the offset that the time zone has then.",
    example=('updateTimeZone(date("2024-02-19T10:30:00Z"), "Asia/Tokyo")', 'date("2024-02-19T19:30:00+09:00")'),
)
def update_time_zone(moment: datetime, zone: str) -> datetime | None:
    found = temporal.find_zone(zone)
    try:
        return temporal.in_zone(moment, found) if found else None
    except OverflowError:
        return None
