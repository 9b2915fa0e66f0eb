"""Choosing from lists, ordering and joining them."""

from engine.expressions.operators import equal, key_of
from engine.expressions.signatures import Family
from engine.expressions.values import LONGEST, Attribute, Value, to_text, type_error, type_of

FAMILY = Family("Lists")

Values = list[Value]


def _first_of_each(values: Values, attribute: Attribute | None = None) -> Values:
    seen: set[object] = set()
    found = []
    for value in values:
        key = key_of(value if attribute is None else attribute.of(value))
        if key not in seen:
            seen.add(key)
            found.append(value)
    return found


@FAMILY.function(
    "distinct",
    "(list<T>) -> list<T>",
    "(list<object>) -> list<object>",
    "(list<object>, attribute) -> list<object>",
    doc="The different values of a list in the order in which they first occur, without null. Objects differ in "
    "any field, or in the one that is named.",
    example=("distinct([10, 2, 10, null])", "[10, 2]"),
)
def distinct(values: Values, attribute: Attribute | None = None) -> Values:
    return _first_of_each([value for value in values if value is not None], attribute)


@FAMILY.function(
    "distinctWithNull",
    "(list<T>) -> list<T>",
    doc="The different values of a list in the order in which they first occur; null counts as one.",
    example=("distinctWithNull([10, null, 10, null])", "[10, null]"),
)
def distinct_with_null(values: Values) -> Values:
    return _first_of_each(values)


@FAMILY.function(
    "filter",
    "(list<object>, attribute, list<T>) -> list<object>",
    doc="The objects whose named field has one of the values, in their order; none when the list of values is null.",
    example=('count(filter(@event{Cart.items}, "color", ["red", "blue"]))', "2"),
    nulls="handled",
)
def filter_objects(objects: Values | None, attribute: Attribute | None, values: Values | None) -> Values | None:
    if objects is None or attribute is None:
        return None
    wanted = {key_of(value) for value in values or ()}
    return [item for item in objects if key_of(attribute.of(item)) in wanted]


@FAMILY.function(
    "getListItem",
    "(list<T>, integer) -> T",
    doc="The element at an index, counted from 0; null outside of the list.",
    example=('getListItem(["a", "b"], 1)', '"b"'),
)
def get_list_item(values: Values, index: int) -> Value:
    return values[index] if 0 <= index < len(values) else None


@FAMILY.function(
    "in",
    "(T, list<T>) -> boolean",
    doc="True when the value is an element of the list. Both are of one type: an integer is no element of a list "
    "of decimals.",
    example=('in("b", ["a", "b"])', "true"),
    nulls="false",
)
def is_in(value: Value, values: Values) -> bool:
    return any(equal(value, item) for item in values)


@FAMILY.function(
    "intersect",
    "(list<T>, list<T>) -> list<T>",
    doc="The values that both lists have, each once, in the order of the first list; none when a list is null.",
    example=("intersect([3, 1, 2, 3], [2, 3])", "[3, 2]"),
    nulls="handled",
)
def intersect(left: Values | None, right: Values | None) -> Values:
    common = {key_of(value) for value in right or ()}
    return [value for value in _first_of_each(left or []) if key_of(value) in common]


@FAMILY.function(
    "limit",
    "(list<T>, integer) -> list<T>",
    "(list<object>, integer) -> list<object>",
    "(list<T>, integer, boolean) -> list<T>",
    "(list<object>, integer, boolean) -> list<object>",
    doc="The first `n` elements of a list, or the last ones when the third argument is false, in their order. All "
    "when `n` is larger than the list, none when it is 0 or less.",
    example=("limit([1, 2, 3], 2, false)", "[2, 3]"),
)
def limit(values: Values, size: int, from_start: bool = True) -> Values:
    if size <= 0:
        return []
    return values[:size] if from_start else values[-size:]


@FAMILY.function(
    "listSize",
    "(list<T>) -> integer",
    "(list<object>) -> integer",
    doc="How many elements a list has, nulls included; 0 for a null list.",
    example=("listSize([1, null, 3])", "3"),
    nulls="handled",
)
def list_size(values: Values | None) -> int:
    return len(values or ())


@FAMILY.function(
    "serializeList",
    "(list<T>, string, boolean) -> string",
    doc="The elements as text with a separator between them; each in double quotes when the third argument is "
    "true. A null element is `null`, without quotes.",
    example=('serializeList(["a", "b"], ",", true)', '\'"a","b"\''),
)
def serialize_list(values: Values, separator: str, quoted: bool) -> str | None:
    quote = '"' if quoted else ""
    texts = ["null" if value is None else f"{quote}{to_text(value)}{quote}" for value in values]
    if sum(map(len, texts)) + len(separator) * len(texts) > LONGEST:
        return None
    return separator.join(texts)


@FAMILY.function(
    "sort",
    "(list<T>, boolean) -> list<T>",
    "(list<object>, attribute, boolean) -> list<object>",
    doc="The list in ascending order, or in descending order when the last argument is false; objects by the "
    "named field. Nulls come last either way, and what is equal keeps its order. Text is ordered by its "
    "UTF-16 code units: capitals before small letters.",
    example=("sort([3, 1, 2], true)", "[1, 2, 3]"),
)
def sort(values: Values, *rest: Value) -> Values:
    attribute, ascending = rest if len(rest) > 1 else (None, rest[0])
    keyed = [(attribute.of(value) if isinstance(attribute, Attribute) else value, value) for value in values]
    present = [(_rank(key), value) for key, value in keyed if key is not None]
    try:
        present.sort(key=lambda pair: pair[0], reverse=ascending is False)
    except TypeError:
        raise type_error("`sort` orders values of one type; these are of several.") from None
    return [value for _, value in present] + [value for key, value in keyed if key is None]


def _rank(value: Value) -> tuple[str, "bytes | int | float"]:
    """What a value is ordered by: texts by their UTF-16 code units."""
    if isinstance(value, str):
        return ("text", value.encode("utf-16-be", "surrogatepass"))
    if isinstance(value, int | float):
        return ("boolean" if isinstance(value, bool) else "number", value)
    if isinstance(value, dict | list):
        raise type_error(f"`sort` does not order values of type {type_of(value)}.")
    return ("moment", value)  # type: ignore[return-value]
