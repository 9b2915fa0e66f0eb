"""What the operators and path methods of the language do with values.

Compiled expressions call these. Null never surprises: arithmetic with null is null, an ordering with null is false,
equality treats null as a value of its own. Wrong types only reach this place when the schema was silent about them;
then they are EvaluationErrors.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from math import fmod, isfinite
from operator import ge, gt, le, lt

from engine.expressions.effort import spend
from engine.expressions.facts import Facts, Payload
from engine.expressions.types import DECIMAL, INTEGER, Type, fits
from engine.expressions.values import LARGEST, LONGEST, SMALLEST, Value, to_text, type_error, type_of

EMPTY: Payload = {}  # stands for an object that is not there; never changed

# --- Equality and order -------------------------------------------------------------------------------------------


def equal(left: Value, right: Value) -> bool:
    """Equality without type control: different types are unequal, integers and decimals compare as numbers."""
    if left is None or right is None:
        return left is right
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        spend(4 * min(len(left), len(right)))
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        spend(4 * min(len(left), len(right)))
        return left.keys() == right.keys() and all(equal(item, right[key]) for key, item in left.items())
    return left == right


def key_of(value: Value) -> object:
    """A hashable stand-in: two values are equal when their keys are."""
    if isinstance(value, bool):
        return (bool, value)
    if isinstance(value, list):
        return (list, tuple(map(key_of, value)))
    if isinstance(value, dict):
        return (dict, frozenset((key, key_of(item)) for key, item in value.items()))
    return value


def _order(name: str, compare: Callable[[object, object], bool]) -> Callable[[Value, Value], bool]:
    def ordered(left: Value, right: Value) -> bool:
        if left is None or right is None:
            return False
        if _ordered_kind(left) is None or _ordered_kind(left) != _ordered_kind(right):
            raise type_error(f"`{name}` does not compare {type_of(left)} with {type_of(right)}.")
        return compare(left, right)

    return ordered


def _ordered_kind(value: Value) -> str | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, datetime):
        return "dateTime" if value.tzinfo else "dateTimeOnly"
    return None


is_less = _order("<", lt)  # type: ignore[arg-type]
is_at_most = _order("<=", le)  # type: ignore[arg-type]
is_greater = _order(">", gt)  # type: ignore[arg-type]
is_at_least = _order(">=", ge)  # type: ignore[arg-type]

# --- Truth and kinds ----------------------------------------------------------------------------------------------


def truth(value: Value) -> bool:
    """A condition's value: null counts as false, anything that is no boolean is an error."""
    if value is None:
        return False
    if value is True or value is False:
        return value is True
    raise type_error(f"A condition is a boolean; this value is of type {type_of(value)}.")


def is_numeric(value: Value) -> bool:
    return type(value) in (int, float)


def is_integer(value: Value) -> bool:
    return type(value) is int


def is_decimal(value: Value) -> bool:
    return type(value) is float


def has_null(value: Value) -> bool:
    if value is None:
        return False
    if not isinstance(value, list):
        raise type_error(f"`has null` looks into a list; this value is of type {type_of(value)}.")
    return None in value


def require(value: Value, expected: Type) -> Value:
    """The value, if it is of the type that its place asks for. Integers stand for decimals."""
    if value is None:
        return None
    actual = type_of(value)
    if expected == DECIMAL and actual == INTEGER and isinstance(value, int):
        return float(value)
    if not fits(actual, expected) and not (expected.name == "map" and isinstance(value, dict)):
        raise type_error(f"Here a value of type {expected} is needed; this one is of type {actual}.")
    return value


def widen(value: Value) -> Value:
    """An integer as decimal."""
    return float(value) if type(value) is int else value


# --- Arithmetic ---------------------------------------------------------------------------------------------------


def plus(left: Value, right: Value) -> Value:
    """Numbers are added, a duration moves a date-time or a duration, a text is joined with any scalar."""
    if left is None or right is None:
        return None
    if isinstance(left, str) or isinstance(right, str):
        text = bounded(to_text(left) + to_text(right))
        spend(len(text or "") >> 3)
        return text
    if isinstance(right, timedelta) and isinstance(left, datetime | timedelta):
        try:
            return left + right
        except OverflowError:
            return None
    a, b = _numbers("+", left, right)
    return _number(a + b)


def minus(left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    a, b = _numbers("-", left, right)
    return _number(a - b)


def times(left: Value, right: Value) -> Value:
    """Two integers or two decimals; the language does not mix them here."""
    if left is None or right is None:
        return None
    a, b = _numbers("*", left, right)
    if type(a) is not type(b):
        raise type_error("`*` takes two integers or two decimals.")
    return _number(a * b)


def divided_by(left: Value, right: Value) -> Value:
    """Integers are truncated toward zero; a division by zero is 0."""
    if left is None or right is None:
        return None
    a, b = _numbers("/", left, right)
    if isinstance(a, int) and isinstance(b, int):
        return _number(_quotient(a, b)) if b else 0
    return _number(a / b) if b else 0.0


def remainder(left: Value, right: Value) -> Value:
    """With the sign of the dividend; the remainder by zero is 0."""
    if left is None or right is None:
        return None
    a, b = _numbers("%", left, right)
    if isinstance(a, int) and isinstance(b, int):
        return a - b * _quotient(a, b) if b else 0
    if not b:
        return 0.0
    return _number(fmod(a, b)) if isfinite(a) else None


def _quotient(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def _numbers(operator: str, left: Value, right: Value) -> tuple[int | float, int | float]:
    if isinstance(left, int | float) and isinstance(right, int | float) and not (_is_bool(left) or _is_bool(right)):
        return left, right
    raise type_error(f"`{operator}` does not take {type_of(left)} and {type_of(right)}.")


def _is_bool(value: Value) -> bool:
    return isinstance(value, bool)


def _number(value: int | float) -> int | float | None:
    """The number, or null when it leaves the range of its type."""
    if isinstance(value, int):
        return value if SMALLEST <= value <= LARGEST else None
    return value if isfinite(value) else None


def bounded(text: str) -> str | None:
    """The text, or null when it is longer than an evaluation may make."""
    return text if len(text) <= LONGEST else None


# --- Paths --------------------------------------------------------------------------------------------------------


def member(value: Value, name: str) -> Value:
    """The field of an object."""
    return value.get(name) if isinstance(value, dict) else None


class Projected(list[Value]):
    """What a projection found: a null in it is a field that some object does not have, and not a null object."""


def project(value: Value, name: str) -> Value:
    """The field of every object of a list, null where one does not have it; lists among them are joined into one."""
    if not isinstance(value, list):
        return member(value, name)
    found = Projected()
    spend(2 * len(value))
    for item in value:
        if isinstance(item, list):
            inner = project(item, name)
            found.extend(inner if isinstance(inner, list) else [inner])
        elif isinstance(item, dict):
            inner = item.get(name)
            if isinstance(inner, list):
                spend(len(inner))
                found.extend(_without_null_objects(inner) if None in inner else inner)
            else:
                found.append(inner)
        elif item is None and isinstance(value, Projected):
            found.append(None)
    return found


def _without_null_objects(items: list[Value]) -> list[Value]:
    """A list of objects never contains null; one of single values may."""
    return [item for item in items if item is not None] if any(isinstance(item, dict) for item in items) else items


def listed(value: Value) -> list[Value] | None:
    """The list that a path method works on."""
    if value is None or isinstance(value, list):
        return value
    raise type_error(f"A path method chooses from a list; this value is of type {type_of(value)}.")


Test = Callable[..., bool]


def every(
    items: list[Value] | None, test: Test | None = None, context: tuple[Value, ...] = (), effort: int = 1
) -> list[Value] | None:
    """The elements that pass, in their order; null when there are none. `effort`: units that one test takes."""
    if not items:
        return None
    spend(effort * len(items))
    return (list(items) if test is None else [item for item in items if test(*context, item)]) or None


def every_object(raw: Value, test: Test, context: tuple[Value, ...], effort: int) -> list[Value] | None:
    """What is left of a list of objects that comes as JSON: those that pass; null when there are none."""
    if not raw or not isinstance(raw, list):
        return None
    spend((effort + 1) * len(raw))
    return [item for item in raw if isinstance(item, dict) and test(*context, item)] or None


def first(
    items: list[Value] | None, test: Test | None = None, context: tuple[Value, ...] = (), effort: int = 1
) -> Value:
    return _first(items or (), test, context, effort)


def last(
    items: list[Value] | None, test: Test | None = None, context: tuple[Value, ...] = (), effort: int = 1
) -> Value:
    return _first(reversed(items or ()), test, context, effort)


def _first(items: Iterable[Value], test: Test | None, context: tuple[Value, ...], effort: int) -> Value:
    for item in items:
        spend(effort)
        if test is None or test(*context, item):
            return item
    return None


def at(items: list[Value] | None, index: Value) -> Value:
    """The element at a zero-based index; null outside of the list."""
    if index is None or items is None:
        return None
    if type(index) is not int:
        raise type_error(f"An index is an integer; this value is of type {type_of(index)}.")
    return items[index] if 0 <= index < len(items) else None


def entry(value: Value, key: Value) -> Value:
    """The value of a map for a key."""
    if value is None or key is None:
        return None
    if not isinstance(key, str):
        raise type_error(f"The key of a map is a string; this value is of type {type_of(key)}.")
    return _mapping(value).get(key)


def first_entry_key(value: Value) -> str | None:
    return None if value is None else next(iter(_mapping(value)), None)


def keys(value: Value) -> list[str] | None:
    return None if value is None else list(_mapping(value))


def _mapping(value: Value) -> Payload:
    if isinstance(value, dict):
        return value
    raise type_error(f"This path method reads a map; the value is of type {type_of(value)}.")


def group(facts: Facts, source: str, name: str, params: Mapping[str, Value]) -> Value:
    """The payload of a field group for these parameters."""
    found = (facts.sources.get(source) or EMPTY).get(name)
    if not callable(found):
        return found
    asked = (source, name, key_of(params))
    if asked not in facts.answers:
        facts.answers[asked] = found(params)
    return facts.answers[asked]
