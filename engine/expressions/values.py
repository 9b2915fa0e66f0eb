"""Values at run time: what type they have, how they read as text, how JSON becomes them and they become JSON.

string, integer, decimal and boolean are str, int, float and bool; dateOnly is a date, dateTimeOnly a naive datetime,
dateTime an aware one, duration a timedelta. Null is None. Data never raises: what does not fit its type is null.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import isfinite

from engine.expressions import temporal
from engine.expressions.effort import spend
from engine.expressions.problems import EvaluationError
from engine.expressions.types import (
    BOOLEAN,
    DATE_ONLY,
    DATE_TIME,
    DATE_TIME_ONLY,
    DECIMAL,
    DURATION,
    INTEGER,
    LIST_OF_NULLS,
    LIST_OF_UNKNOWN,
    NULL,
    OBJECT,
    STRING,
    UNKNOWN,
    Type,
    list_of,
)

Value = object
SMALLEST, LARGEST = -(2**63), 2**63 - 1
LONGEST = 1_000_000  # characters of a text that one function may make

_BY_CLASS: dict[type, Type] = {
    str: STRING,
    bool: BOOLEAN,
    int: INTEGER,
    float: DECIMAL,
    timedelta: DURATION,
    dict: OBJECT,
    type(None): NULL,
    date: DATE_ONLY,
}


def type_of(value: Value) -> Type:
    """The type of a value whose schema is silent."""
    found = _BY_CLASS.get(type(value))
    if found is not None:
        return found
    if isinstance(value, datetime):
        return DATE_TIME if value.tzinfo else DATE_TIME_ONLY
    if isinstance(value, list):
        kinds = {type_of(item) for item in value} - {NULL}
        if kinds == {INTEGER, DECIMAL}:  # JSON writes 4 and 4.5 into one list of decimals
            return list_of(DECIMAL)
        if any(kind.is_list for kind in kinds):
            return LIST_OF_UNKNOWN
        return list_of(kinds.pop()) if len(kinds) == 1 else (LIST_OF_UNKNOWN if kinds else LIST_OF_NULLS)
    return UNKNOWN


def type_error(message: str) -> EvaluationError:
    return EvaluationError(message, hint="Declare the type of the field, or convert the value with a function.")


# --- Text ---------------------------------------------------------------------------------------------------------


def to_text(value: Value) -> str:
    """The text of a scalar, as `toString` and `+` write it. Date-times are written in UTC."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return decimal_text(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return temporal.clock_text(value, seconds_always=False)
        try:
            return temporal.clock_text(value.astimezone(UTC), seconds_always=False) + "Z"
        except OverflowError:  # the first and the last hours of the calendar
            return temporal.clock_text(value, seconds_always=False) + temporal.offset_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return temporal.duration_text(value)
    raise type_error(f"A value of type {type_of(value)} has no text form.")


def decimal_text(value: float) -> str:
    """The shortest digits that read back as the same number, always with a fraction, never with an exponent."""
    if not isfinite(value):
        return repr(value)
    text = format(Decimal(repr(value)), "f")
    return text if "." in text else f"{text}.0"


def to_json(value: Value) -> Value:
    """The value as it is sent in JSON: dates and durations as text, seconds always written, offsets kept."""
    if isinstance(value, datetime):
        text = temporal.clock_text(value, seconds_always=True)
        return text if value.tzinfo is None else text + temporal.offset_text(value)
    if isinstance(value, date | timedelta):
        return to_text(value)
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, float) and not isfinite(value):
        return None
    return value


# --- From JSON ----------------------------------------------------------------------------------------------------


def as_string(raw: Value) -> str | None:
    return raw if isinstance(raw, str) else None


def as_integer(raw: Value) -> int | None:
    if type(raw) is int:
        return raw if SMALLEST <= raw <= LARGEST else None
    if type(raw) is float and raw.is_integer() and SMALLEST <= raw <= LARGEST:
        return int(raw)
    return None


def as_decimal(raw: Value) -> float | None:
    if type(raw) is float:
        return raw
    if type(raw) is int:
        return float(raw) if SMALLEST <= raw <= LARGEST else None
    return None


def as_boolean(raw: Value) -> bool | None:
    return raw if raw is True or raw is False else None


def as_date_only(raw: Value) -> date | None:
    if isinstance(raw, str):
        return temporal.parse_date(raw)
    return raw if type(raw) is date else None


def as_date_time_only(raw: Value) -> datetime | None:
    if isinstance(raw, str):
        return temporal.parse_local(raw)
    return raw if isinstance(raw, datetime) and raw.tzinfo is None else None


def as_date_time(raw: Value) -> datetime | None:
    if isinstance(raw, str):
        return temporal.parse_instant(raw)
    return temporal.fixed(raw) if isinstance(raw, datetime) and raw.tzinfo is not None else None


def as_duration(raw: Value) -> timedelta | None:
    if isinstance(raw, str):
        return temporal.parse_duration(raw)
    return raw if isinstance(raw, timedelta) else None


def as_object(raw: Value) -> dict[str, Value] | None:
    return raw if isinstance(raw, dict) else None


def as_list(raw: Value) -> list[Value] | None:
    return raw if isinstance(raw, list) else None


def as_objects(raw: Value) -> list[dict[str, Value]] | None:
    """A list of objects never contains null objects."""
    if not isinstance(raw, list):
        return None
    spend(len(raw))
    return [item for item in raw if isinstance(item, dict)]


def as_it_is(raw: Value) -> Value:
    return raw


Reader = Callable[[Value], Value]

_READERS: dict[Type, Reader] = {
    STRING: as_string,
    INTEGER: as_integer,
    DECIMAL: as_decimal,
    BOOLEAN: as_boolean,
    DATE_ONLY: as_date_only,
    DATE_TIME_ONLY: as_date_time_only,
    DATE_TIME: as_date_time,
    DURATION: as_duration,
    OBJECT: as_object,
    UNKNOWN: as_it_is,
    NULL: as_it_is,
}


def reader_of(type_: Type) -> Reader:
    """The function that turns a JSON value into a value of this type, or into null when it is none."""
    found = _READERS.get(type_)
    if found is not None:
        return found
    if type_.name == "map" or type_.element is None:
        return as_object
    if type_.element == OBJECT:
        return as_objects
    if type_.element.is_open:
        return as_list
    read = reader_of(type_.element)
    effort = effort_of(type_.element)

    def as_list_of(raw: Value) -> list[Value] | None:
        if not isinstance(raw, list):
            return None
        spend(effort * len(raw))
        return [read(item) for item in raw]

    return as_list_of


def effort_of(type_: Type) -> int:
    """The units of reading one value of this type: a date-time from its text takes 2 us."""
    return 20 if type_ in (DATE_ONLY, DATE_TIME_ONLY, DATE_TIME, DURATION) else 2


class Attribute:
    """Reads one attribute of the objects of a list, by the type their schema declares for it."""

    __slots__ = ("name", "read", "steps")

    def __init__(self, name: str, type_: Type = UNKNOWN) -> None:
        self.name = name
        self.steps = name.split(".")
        self.read = reader_of(type_)

    def of(self, item: Value) -> Value:
        if isinstance(item, dict) and self.name in item:
            return self.read(item[self.name])
        for step in self.steps:
            if not isinstance(item, dict):
                return None
            item = item.get(step)
        return self.read(item)
