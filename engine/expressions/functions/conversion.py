"""From one type to another. Text that does not read as the wanted type is null."""

import re
from datetime import date, datetime, time, timedelta
from math import isfinite

from engine.expressions import temporal
from engine.expressions.signatures import Family
from engine.expressions.values import LARGEST, SMALLEST, Value, to_text

FAMILY = Family("Conversion")

_INTEGER = re.compile(r"-?[0-9]{1,40}")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


@FAMILY.function(
    "toBool",
    "(string) -> boolean",
    "(integer) -> boolean",
    "(decimal) -> boolean",
    "(boolean) -> boolean",
    doc="True for the text `true` exactly, and for every number but 0.",
    example=('toBool("true")', "true"),
)
def to_bool(value: str | int | float) -> bool:
    return value == "true" if isinstance(value, str) else value != 0


@FAMILY.function(
    "toDateOnly",
    "(string) -> dateOnly",
    "(dateTime) -> dateOnly",
    "(dateTimeOnly) -> dateOnly",
    "(dateOnly) -> dateOnly",
    "(integer, integer, integer) -> dateOnly",
    "(integer) -> dateOnly",
    doc="The day of a date-time as it is written, of a text, of year, month and day, or of milliseconds since "
    "1970 in UTC. Null when there is no such day.",
    example=('toDateOnly("2024-02-19T10:30:00+01:00")', 'date("2024-02-19")'),
)
def to_date_only(value: str | date | int, month: int | None = None, day: int | None = None) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        found = temporal.parse_date(value[:10])
        return found if len(value) == 10 or (temporal.parse_local(value) or temporal.parse_instant(value)) else None
    if month is None or day is None:
        moment = temporal.from_milliseconds(value)
        return moment.date() if moment else None
    try:
        return date(value, month, day)
    except (ValueError, OverflowError):
        return None


@FAMILY.function(
    "toDateTime",
    "(string) -> dateTime",
    "(zone, dateOnly) -> dateTime",
    "(zone, dateTimeOnly) -> dateTime",
    "(integer) -> dateTime",
    doc="The instant of a text with an offset, of a local date or date-time in a time zone, or of milliseconds "
    "since 1970. Null for a text without an offset. A local time that the zone's clock skips is moved forward "
    "by the gap; of one that comes twice the first counts.",
    example=('toDateTime("Europe/Paris", toDateTimeOnly("2024-02-19T10:30"))', 'date("2024-02-19T10:30:00+01:00")'),
)
def to_date_time(value: str | int, local: date | datetime | None = None) -> datetime | None:
    if isinstance(value, int):
        return temporal.from_milliseconds(value)
    if local is None:
        return temporal.parse_instant(value)
    zone = temporal.find_zone(value)
    if zone is None:
        return None
    if not isinstance(local, datetime):
        local = datetime.combine(local, time.min)
    try:
        return temporal.at_local(local, zone)
    except OverflowError:
        return None


@FAMILY.function(
    "toDateTimeOnly",
    "(string) -> dateTimeOnly",
    "(dateTime) -> dateTimeOnly",
    "(dateOnly) -> dateTimeOnly",
    doc="The date-time as it is written, without its offset; a date alone is its midnight. Null for a malformed text.",
    example=('toDateTimeOnly("2024-02-19T10:30:00+01:00")', 'date("2024-02-19T10:30:00")'),
)
def to_date_time_only(value: str | date | datetime) -> datetime | None:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime.combine(value, time.min)
    moment = temporal.parse_local(value) or temporal.parse_instant(value)
    if moment is not None:
        return moment.replace(tzinfo=None)
    day = temporal.parse_date(value)
    return datetime.combine(day, time.min) if day else None


@FAMILY.function(
    "toDecimal",
    "(integer) -> decimal",
    "(decimal) -> decimal",
    "(string) -> decimal",
    "(boolean) -> decimal",
    "(dateTime) -> decimal",
    doc="The decimal of a number, of a text, of a boolean (1.0 or 0.0), or of a dateTime in milliseconds since "
    "1970. Null for a text that is no number.",
    example=('toDecimal("4.5")', "4.5"),
)
def to_decimal(value: str | int | float | datetime) -> float | None:
    if isinstance(value, datetime):
        return float(temporal.milliseconds(value))
    if isinstance(value, str):
        if not _DECIMAL.fullmatch(value):
            return None
        number = float(value)
        return number if isfinite(number) else None
    return float(value)


@FAMILY.function(
    "toDuration",
    "(string) -> duration",
    "(integer) -> duration",
    doc="The duration of an ISO 8601 text `PnDTnHnMn.nS`, or of milliseconds. Days have 24 hours. At least one "
    "part, in this order; every number may have a sign, a sign before the `P` turns all of them; letters in "
    "any case; `T` may be left out, and `M` is minutes all the same. Null for any other text.",
    example=('toDuration("PT1H30M")', "toDuration(5400000)"),
)
def to_duration(value: str | int) -> timedelta | None:
    if isinstance(value, str):
        return temporal.parse_duration(value)
    try:
        return timedelta(milliseconds=value)
    except OverflowError:
        return None


@FAMILY.function(
    "toInteger",
    "(dateTime) -> integer",
    "(decimal) -> integer",
    "(integer) -> integer",
    "(string) -> integer",
    "(boolean) -> integer",
    doc="The integer of a text of digits, of a decimal without its fraction, of a boolean (1 or 0), or of a "
    "dateTime in milliseconds since 1970. Null for any other text, and outside of 64 bits.",
    example=("toInteger(-3.9)", "-3"),
)
def to_integer(value: str | int | float | datetime) -> int | None:
    if isinstance(value, datetime):
        return temporal.milliseconds(value)
    if isinstance(value, str):
        if not _INTEGER.fullmatch(value):
            return None
        value = int(value)
    if isinstance(value, float) and not isfinite(value):
        return None
    number = int(value)
    return number if SMALLEST <= number <= LARGEST else None


@FAMILY.function(
    "toString",
    "(string) -> string",
    "(integer) -> string",
    "(decimal) -> string",
    "(boolean) -> string",
    "(dateTime) -> string",
    "(dateTimeOnly) -> string",
    "(dateOnly) -> string",
    "(duration) -> string",
    doc="The text of a value: dateTimes in UTC, seconds only when they are not zero, durations in hours, minutes "
    "and seconds, decimals always with a fraction.",
    example=("toString(toDuration(1520))", '"PT1.52S"'),
)
def to_string(value: Value) -> str:
    return to_text(value)
