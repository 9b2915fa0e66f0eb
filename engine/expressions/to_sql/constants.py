"""Values of ours as PostgreSQL's driver takes them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from engine.expressions.types import DECIMAL, INTEGER, Type


def offset_of(moment: datetime) -> int:
    return int((moment.utcoffset() or timedelta(0)).total_seconds())


def bound(value: object, type_: Type) -> object:
    """The value as PostgreSQL's driver takes it for our SQL type."""
    if isinstance(value, datetime):
        return instant(value) if value.tzinfo is not None else value
    if isinstance(value, timedelta):
        return Decimal((value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds)
    if type_ == DECIMAL and isinstance(value, int):
        return float(value)
    if type_ == INTEGER and isinstance(value, int):
        return Decimal(value)
    if isinstance(value, str | bool | float | date | None):
        return value
    raise AssertionError(value)


def instant(moment: datetime) -> object:
    """An instant in UTC; as text where UTC lies outside of Python's calendar."""
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        offset = moment.utcoffset() or timedelta(0)
        wall = moment.replace(tzinfo=None)
        if wall.year == 1:
            rest = (wall - datetime(1, 1, 1) - offset) + timedelta(days=366)
            return f"{datetime(4, 1, 1) + rest:0001-%m-%d %H:%M:%S.%f} BC"
        rest = wall - datetime(9999, 1, 1) - offset - timedelta(days=365)
        return f"{datetime(2001, 1, 1) + rest:10000-%m-%d %H:%M:%S.%f}"


def has_zero(value: object) -> bool:
    if isinstance(value, list):
        return any(map(has_zero, value))
    return isinstance(value, str) and "\0" in value
