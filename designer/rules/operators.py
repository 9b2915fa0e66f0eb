"""What may be asked of a field, by its type. The canvas has the same table, with the words: graph/operators.ts."""

import re

_PRESENCE = ("set", "not_set")
_ORDER = ("more", "least", "less", "most", "between")
_SIZE = ("has", "size_is", "size_least", "size_most")

# What a type is to a row: its kind decides which operators fit, and how a constant is written.
OFFERED: dict[str, tuple[str, ...]] = {
    "text": ("is", "is_not", "contains", "starts", "ends", "is_i", "is_not_i", "contains_i", "starts_i", "ends_i",
             "one_of", "empty", "not_empty", *_PRESENCE),
    "number": ("is", "is_not", *_ORDER, "one_of", *_PRESENCE),
    "boolean": ("true", "false", *_PRESENCE),
    "time": (*_ORDER, "last", "next", *_PRESENCE),
    "local": (*_ORDER, *_PRESENCE),
    "day": ("is", "is_not", *_ORDER, *_PRESENCE),
    "texts": ("includes", "includes_any", *_SIZE, *_PRESENCE),
    "numbers": ("includes", "includes_any", *_SIZE, *_PRESENCE),
    "list": (*_SIZE, *_PRESENCE),
    "other": _PRESENCE,
    "audience": ("in_audience",),
}  # fmt: skip
_KINDS = {
    "string": "text",
    "integer": "number",
    "decimal": "number",
    "number": "number",
    "boolean": "boolean",
    "dateTime": "time",
    "dateTimeOnly": "local",
    "dateOnly": "day",
    "list<string>": "texts",
    "list<integer>": "numbers",
    "list<decimal>": "numbers",
    "list<number>": "numbers",
    "audience": "audience",
}
# What may be said of an event that happened: "happened" and "never" stand for more than none, and none.
_SIGNS = {"least": ">=", "more": ">", "is": "==", "less": "<", "most": "<="}
TIMES = {f"times_{word}": sign for word, sign in _SIGNS.items()}
SUMS = {f"sum_{word}": sign for word, sign in _SIGNS.items()}
HAPPENINGS = ("happened", "never", *TIMES, *SUMS)
ELEMENT = "currentDataPackField"  # one occurrence of the event, in the conditions about it
MOMENT = "timestamp"  # the field of an occurrence that says when it was
COMPARED = {"is": "==", "is_not": "!=", "more": ">", "least": ">=", "less": "<", "most": "<="}
SIZES = {"size_is": "==", "size_least": ">=", "size_most": "<="}
CALLED = {
    "contains": "contain",
    "contains_i": "containIgnoreCase",
    "starts": "startWith",
    "starts_i": "startWithIgnoreCase",
    "ends": "endWith",
    "ends_i": "endWithIgnoreCase",
    "is_i": "equalIgnoreCase",
    "is_not_i": "notEqualIgnoreCase",
}
ASKED = {"empty": "isEmpty", "not_empty": "isNotEmpty"}
UNITS = ("Hours", "Days", "Months", "Years")
# Each of these says the opposite of the other, also of what is not there.
OPPOSITES = {"is": "is_not", "is_i": "is_not_i", "set": "not_set"}
OPPOSITES |= {other: one for one, other in OPPOSITES.items()}
# How a constant of each kind is written; what has no function here stands as it is.
CONVERTED = {"time": "toDateTime", "local": "toDateTimeOnly", "day": "toDateOnly"}
NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?\Z")


def kind_of(type_: str) -> str:
    """What a type of the expression language is to a row."""
    return _KINDS.get(type_) or ("list" if type_.startswith("list<") else "other")


def compared_as(kind: str, operator: str) -> str:
    """The kind of the constants that a row of this kind holds beside this operator."""
    if operator.startswith("size_"):
        return "number"
    return {"texts": "text", "numbers": "number"}.get(kind, kind)
