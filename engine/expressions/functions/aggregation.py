"""From many values to one. Nulls among them are ignored."""

from datetime import date, datetime, timedelta

from engine.expressions.operators import key_of
from engine.expressions.signatures import Family
from engine.expressions.values import LARGEST, SMALLEST, Attribute, Value

FAMILY = Family("Aggregation")

Number = int | float
Comparable = int | float | datetime | date | timedelta

_EXTREMES = (
    "(list<integer>) -> integer",
    "(list<decimal>) -> decimal",
    "(list<duration>) -> duration",
    "(list<dateTime>) -> dateTime",
    "(list<dateTimeOnly>) -> dateTimeOnly",
    "(list<dateOnly>) -> dateOnly",
    "(integer, integer) -> integer",
    "(decimal, decimal) -> decimal",
    "(integer, decimal) -> decimal",
    "(decimal, integer) -> decimal",
    "(duration, duration) -> duration",
    "(dateTime, dateTime) -> dateTime",
    "(dateTimeOnly, dateTimeOnly) -> dateTimeOnly",
    "(dateOnly, dateOnly) -> dateOnly",
)


def _given(arguments: tuple[Value, ...]) -> list[Value] | None:
    """The values without nulls, of one list or of two arguments; None when the list is null."""
    if len(arguments) > 1:
        return [value for value in arguments if value is not None]
    values = arguments[0]
    return [value for value in values if value is not None] if isinstance(values, list) else None


def _alike(values: list[Value]) -> list[Value]:
    """Decimals, when there is one among the numbers."""
    if any(type(value) is float for value in values):
        return [float(value) if isinstance(value, int) else value for value in values]
    return values


@FAMILY.function(
    "avg",
    "(list<integer>) -> decimal",
    "(list<decimal>) -> decimal",
    "(integer, integer) -> decimal",
    "(decimal, decimal) -> decimal",
    "(integer, decimal) -> decimal",
    "(decimal, integer) -> decimal",
    doc="The mean of the numbers that are not null; null when there are none.",
    example=("avg([1, 2, 6])", "3.0"),
    nulls="handled",
)
def average(*arguments: Value) -> float | None:
    values: list[Number] | None = _given(arguments)  # type: ignore[assignment]
    return float(sum(values) / len(values)) if values else None


@FAMILY.function(
    "count",
    "(list<T>) -> integer",
    "(list<object>) -> integer",
    doc="How many elements of a list are not null; 0 for a null list.",
    example=("count([1, null, 3])", "2"),
    nulls="handled",
    counts=True,
)
def count(values: list[Value] | None) -> int:
    return len(values) - values.count(None) if values else 0


@FAMILY.function(
    "countOnlyNull",
    "(list<T>) -> integer",
    doc="How many elements of a list are null; 0 for a null list.",
    example=("countOnlyNull([1, null, 3])", "1"),
    nulls="handled",
    counts=True,
)
def count_only_null(values: list[Value] | None) -> int:
    return values.count(None) if values else 0


@FAMILY.function(
    "countWithNull",
    "(list<T>) -> integer",
    doc="How many elements a list has, nulls included; 0 for a null list.",
    example=("countWithNull([1, null, 3])", "3"),
    nulls="handled",
    counts=True,
)
def count_with_null(values: list[Value] | None) -> int:
    return len(values or ())


@FAMILY.function(
    "distinctCount",
    "(list<T>) -> integer",
    "(list<object>) -> integer",
    "(list<object>, attribute) -> integer",
    doc="How many different values a list has, nulls not counted; for objects, how many differ in any field, or "
    "in the one that is named.",
    example=("distinctCount([10, 2, 10, null])", "2"),
    nulls="handled",
)
def distinct_count(values: list[Value] | None, attribute: Attribute | None = None) -> int:
    read = [value if attribute is None else attribute.of(value) for value in values or ()]
    return len({key_of(value) for value in read if value is not None})


@FAMILY.function(
    "distinctCountWithNull",
    "(list<T>) -> integer",
    doc="How many different values a list has; null counts as one.",
    example=("distinctCountWithNull([10, 2, 10, null])", "3"),
    nulls="handled",
)
def distinct_count_with_null(values: list[Value] | None) -> int:
    return len({key_of(value) for value in values or ()})


@FAMILY.function(
    "max",
    *_EXTREMES,
    doc="The largest of the values that are not null; null when there are none. Of dateTimes the latest instant, "
    "with its own offset.",
    example=("max([1, 9, 3])", "9"),
    nulls="handled",
)
def largest(*arguments: Value) -> Value:
    values: list[Comparable] = _alike(_given(arguments) or [])  # type: ignore[assignment]
    return max(values, default=None)


@FAMILY.function(
    "min",
    *_EXTREMES,
    doc="The smallest of the values that are not null; null when there are none. Of dateTimes the earliest "
    "instant, with its own offset.",
    example=("min(2.5, 4)", "2.5"),
    nulls="handled",
)
def smallest(*arguments: Value) -> Value:
    values: list[Comparable] = _alike(_given(arguments) or [])  # type: ignore[assignment]
    return min(values, default=None)


@FAMILY.function(
    "sum",
    "(list<integer>) -> integer",
    "(list<decimal>) -> decimal",
    "(integer, integer) -> integer",
    "(decimal, decimal) -> decimal",
    "(integer, decimal) -> decimal",
    "(decimal, integer) -> decimal",
    doc="The sum of the numbers that are not null: 0 when there are none, null for a null list, and null when it "
    "leaves the 64 bits of an integer.",
    example=("sum([1, 2, null, 3])", "6"),
    nulls="handled",
)
def total(*arguments: Value) -> Number | None:
    values: list[Number] | None = _given(arguments)  # type: ignore[assignment]
    if values is None:
        return None
    found = sum(values)
    if isinstance(found, int):
        return found if SMALLEST <= found <= LARGEST else None
    return found if abs(found) != float("inf") else None
