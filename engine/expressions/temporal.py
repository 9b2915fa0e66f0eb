"""Dates, times and durations: reading them from text, writing them as text, and moving them.

A dateTime always carries a fixed offset, never a zone: two of them then compare by instant without exception.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_DATE = r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
_TIME = r"([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)"
_OFFSET = r"([Zz]|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)"
_DATE_ONLY = re.compile(_DATE)
_DATE_TIME_ONLY = re.compile(f"{_DATE}[Tt]{_TIME}")
_DATE_TIME = re.compile(f"{_DATE}[Tt]{_TIME}{_OFFSET}")
_DURATION = re.compile(
    r"([+-])?P(?:([+-]?[0-9]{1,19})D)?(T)?(?:([+-]?[0-9]{1,19})H)?(?:([+-]?[0-9]{1,19})M)?"
    r"(?:([+-]?)([0-9]{1,19})(?:[.,]([0-9]{0,9}))?S)?",
    re.IGNORECASE | re.ASCII,
)
_FIXED_OFFSET = re.compile(r"([+-])([0-9]{2}):([0-9]{2})")
_ZONE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z][A-Za-z0-9_+-]*)*")
_WIDEST_OFFSET = timedelta(hours=18)
# Files that lie beside the zones on some machines, and would make an expression depend on the machine.
_NO_ZONES = ("localtime", "posixrules", "Factory")
_NO_FOLDERS = ("posix/", "right/")


def parse_date(text: str) -> date | None:
    """`YYYY-MM-DD`, or None."""
    if not _DATE_ONLY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_local(text: str) -> datetime | None:
    """A local date-time, seconds and fraction optional, or None."""
    match = _DATE_TIME_ONLY.fullmatch(text)
    return _combine(match[1], match[2]) if match else None


@lru_cache(maxsize=10_000)
def parse_instant(text: str) -> datetime | None:
    """A date-time with an offset or `Z`, or None. Many rules read the same few moments: 0.1 us instead of 3."""
    match = _DATE_TIME.fullmatch(text)
    if not match:
        return None
    if match[3] in ("Z", "+00:00") and len(match[2]) in (8, 15):  # nearly all: 0.6 us instead of 1.5
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None
    local = _combine(match[1], match[2])
    offset = _fixed_offset(match[3])
    return None if local is None or offset is None else local.replace(tzinfo=offset)


def _combine(day: str, time: str) -> datetime | None:
    try:
        return datetime.fromisoformat(f"{day}T{time[:15]}")  # microseconds: further digits are cut off
    except ValueError:
        pass
    # Fewer than six digits, and not three: fromisoformat of Python 3.11 takes one to six; older forms are padded here.
    whole, _, fraction = time.partition(".")
    try:
        return datetime.fromisoformat(f"{day}T{whole}.{fraction[:6]:0<6}")
    except ValueError:
        return None


def _fixed_offset(text: str) -> timezone | None:
    if text in ("Z", "z"):
        return UTC
    parts = [int(part) for part in text[1:].split(":")]
    if any(part > 59 for part in parts[1:]):
        return None
    offset = timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2] if len(parts) > 2 else 0)
    if offset > _WIDEST_OFFSET:
        return None
    return timezone(-offset if text[0] == "-" else offset) if offset else UTC


def parse_duration(text: str) -> timedelta | None:
    """`PnDTnHnMn.nS`; each number may be signed, a leading sign turns all of them; the `T` may be left out."""
    match = _DURATION.fullmatch(text)
    if not match:
        return None
    sign, days, separator, hours, minutes, second_sign, seconds, fraction = match.groups()
    if days is hours is minutes is seconds is None or (separator and hours is minutes is seconds is None):
        return None
    microseconds = 0
    if seconds is not None:
        microseconds = int(seconds) * 1_000_000 + int(f"{fraction or '':0<6}"[:6])
        microseconds = -microseconds if second_sign == "-" else microseconds
    try:
        total = timedelta(
            days=int(days or 0), hours=int(hours or 0), minutes=int(minutes or 0), microseconds=microseconds
        )
        return -total if sign == "-" else total
    except OverflowError:
        return None


def clock_text(moment: datetime, *, seconds_always: bool) -> str:
    """`YYYY-MM-DDTHH:MM`, with seconds when there are some, and the fraction in groups of three digits."""
    text = f"{moment.year:04}-{moment.month:02}-{moment.day:02}T{moment.hour:02}:{moment.minute:02}"
    if moment.second or moment.microsecond or seconds_always:
        text += f":{moment.second:02}"
    if moment.microsecond:
        text += f".{moment.microsecond // 1000:03}"
        if moment.microsecond % 1000:
            text += f"{moment.microsecond % 1000:03}"
    return text


def offset_text(moment: datetime) -> str:
    offset = moment.utcoffset() or timedelta(0)
    if not offset:
        return "Z"
    sign, size = ("-", -offset) if offset < timedelta(0) else ("+", offset)
    minutes, seconds = divmod(int(size.total_seconds()), 60)
    text = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{seconds:02}" if seconds else text


def duration_text(duration: timedelta) -> str:
    """Hours, minutes and seconds: `PT48H`, `PT0S`, `PT-1H`, `PT1.52S`."""
    microseconds = (duration.days * 86_400 + duration.seconds) * 1_000_000 + duration.microseconds
    if microseconds == 0:
        return "PT0S"
    sign = "-" if microseconds < 0 else ""
    seconds, fraction = divmod(abs(microseconds), 1_000_000)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    text = "PT"
    if hours:
        text += f"{sign}{hours}H"
    if minutes:
        text += f"{sign}{minutes}M"
    if seconds or fraction:
        text += f"{sign}{seconds}" + (f".{fraction:06}".rstrip("0") if fraction else "") + "S"
    return text


@lru_cache(maxsize=1024)
def find_zone(name: str) -> tzinfo | None:
    """The zone called `UTC`, `Z`, `+02:00` or by an IANA name, or None."""
    if name in ("UTC", "Z"):
        return UTC
    if _FIXED_OFFSET.fullmatch(name):
        return _fixed_offset(name)
    if len(name) > 64 or not _ZONE_NAME.fullmatch(name) or name in _NO_ZONES or name.startswith(_NO_FOLDERS):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """The IANA names that this machine knows."""
    return tuple(sorted(available_timezones() - set(_NO_ZONES)))


def zones_of_city(name: str) -> list[str]:
    """`Paris` -> Europe/Paris."""
    city = name.strip().rpartition("/")[2].replace(" ", "_").lower()
    return [zone for zone in zone_names() if zone.rpartition("/")[2].lower() == city]


def fixed(moment: datetime) -> datetime:
    """The same instant and wall clock, with the zone reduced to its offset."""
    offset = moment.utcoffset() or timedelta(0)
    return moment.replace(tzinfo=timezone(offset) if offset else UTC, fold=0)


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """The same instant with the zone's offset at that time."""
    return fixed(moment.astimezone(zone))


def at_local(local: datetime, zone: tzinfo) -> datetime:
    """The local time in the zone: moved forward in a gap of the clock, the earlier of two in an overlap."""
    return in_zone(local.replace(tzinfo=zone, fold=0).astimezone(UTC), zone)


def plus_months(moment: datetime, months: int) -> datetime:
    """Calendar months later or earlier, on the last day of a month that is too short."""
    index = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("the calendar ends here")
    start = moment.replace(year=year, month=month + 1, day=1)
    return start.replace(day=min(moment.day, days_in_month(start)))


def days_in_month(moment: datetime) -> int:
    return monthrange(moment.year, moment.month)[1]


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970-01-01T00:00Z, rounded down."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def from_milliseconds(count: int) -> datetime | None:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=count)
    except OverflowError:
        return None
