"""The types of the expression language (docs/reference/expressions.md, "Types")."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Type:
    """A type; `element` is what a list or a map contains. Prints the way authors read it: `list<string>`."""

    name: str
    element: "Type | None" = None

    def __str__(self) -> str:
        return f"{self.name}<{self.element}>" if self.element else self.name

    def __eq__(self, other: object) -> bool:
        # Nearly always the very same object: checking is a third faster than with the generated method.
        return self is other or (isinstance(other, Type) and self.name == other.name and self.element == other.element)

    def __hash__(self) -> int:
        return hash((self.name, self.element))

    @property
    def is_list(self) -> bool:
        return self.name == "list"

    @property
    def is_numeric(self) -> bool:
        return self in (INTEGER, DECIMAL)

    @property
    def is_scalar(self) -> bool:
        return self in SCALARS

    @property
    def is_open(self) -> bool:
        """Whether values of this type need a look at run time."""
        return self == UNKNOWN or (self.element is not None and self.element.is_open)


STRING = Type("string")
INTEGER = Type("integer")
DECIMAL = Type("decimal")
BOOLEAN = Type("boolean")
DATE_ONLY = Type("dateOnly")
DATE_TIME_ONLY = Type("dateTimeOnly")
DATE_TIME = Type("dateTime")
DURATION = Type("duration")
OBJECT = Type("object")
NULL = Type("null")  # of the literal `null`: fits everywhere
UNKNOWN = Type("unknown")  # not known before run time: checked then, by the same rules

SCALARS = (STRING, INTEGER, DECIMAL, BOOLEAN, DATE_ONLY, DATE_TIME_ONLY, DATE_TIME, DURATION)
BY_NAME = {type_.name: type_ for type_ in (*SCALARS, OBJECT, NULL, UNKNOWN)}


def list_of(element: Type) -> Type:
    return Type("list", element)


def map_of(element: Type) -> Type:
    return Type("map", element)


LIST_OF_OBJECTS = list_of(OBJECT)
LIST_OF_STRINGS = list_of(STRING)
LIST_OF_UNKNOWN = list_of(UNKNOWN)
LIST_OF_NULLS = list_of(NULL)  # `[]` and `[null]`: fit every list


def parse_type(text: str) -> Type:
    """The type written as `string`, `list<string>`, `listString`, `map<integer>`, `list<any>` or `any`."""
    text = text.strip()
    if text in ("any", "listAny"):
        return UNKNOWN if text == "any" else LIST_OF_UNKNOWN
    if text in BY_NAME:
        return BY_NAME[text]
    for name in ("list", "map"):
        if text.startswith(f"{name}<") and text.endswith(">"):
            return Type(name, parse_type(text[len(name) + 1 : -1]))
    if text.startswith("list") and len(text) > 4:
        element = text[4].lower() + text[5:]
        if element in BY_NAME:
            return list_of(BY_NAME[element])
    raise ValueError(f"{text!r} is not a type of the expression language")


def fits(actual: Type, expected: Type) -> bool:
    """Whether a value of type `actual` may stand where `expected` is asked for, without any conversion."""
    if actual in (expected, NULL) or UNKNOWN in (actual, expected):
        return True
    if actual.name == expected.name and actual.element and expected.element:
        return fits(actual.element, expected.element)
    return False
