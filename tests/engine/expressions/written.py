"""Expressions of every type, and people to ask them about: what the test of the two compilers is made of.

Every operator, path method and function that SQL knows is among them. Chance is a Random, so that one expression is as
unlike the next as can be.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from random import Random

from engine.expressions import Schema, Scope
from tests.engine.expressions.world import Person

SCALARS = ("string", "integer", "decimal", "boolean", "dateOnly", "dateTimeOnly", "dateTime", "duration")
ATTRIBUTES = {
    **dict.fromkeys(("name", "city", "order id"), "string"),
    **dict.fromkeys(("age", "points"), "integer"),
    **dict.fromkeys(("score", "ratio"), "decimal"),
    **dict.fromkeys(("active", "vip"), "boolean"),
    "born": "dateOnly",
    "alarm": "dateTimeOnly",
    "seen": "dateTime",
    "span": "duration",
    **{f"{type_}s": f"list<{type_}>" for type_ in SCALARS},
    "address": "object",
    "address.city": "string",
    "address.zip": "integer",
    "prices": "map<decimal>",
    "items": "list<object>",
    "items.name": "string",
    "items.price": "decimal",
    "items.quantity": "integer",
    "items.at": "dateTime",
    "items.parts": "list<object>",
    "items.parts.code": "string",
    "items.parts.weight": "decimal",
}
EVENT = {
    "timestamp": "dateTime",
    "properties.total": "decimal",
    "properties.quantity": "integer",
    "properties.city": "string",
    "properties.items": "list<object>",
    "properties.items.price": "decimal",
    "properties.items.name": "string",
}
DEFINITIONS = ("OrderPlaced", "Page viewed")
EVENTS = {
    **{f'"{name}"': "list<object>" for name in DEFINITIONS},
    **{f'"{name}".{path}': type_ for name in DEFINITIONS for path, type_ in EVENT.items()},
}
SCOPE = Scope(sources={"Profile": {"attributes": Schema(ATTRIBUTES), "events": Schema(EVENTS, closed=True)}})
AUDIENCES = ("Gold", "Nobody's", 'say "hi"')

# --- Data ---------------------------------------------------------------------------------------------------------

TEXTS = (
    *("", "a", "Bern", "bern", "BERN", "Zürich", "STRASSE", "straße", "ΟΔΥΣΣΕΥΣ Σ", "İstanbul", "ŉ", "ﬃ", "ǅ", "ΑΣ."),
    *("Α.Σ", "  Bern \t\u3000", "\u001f x", "x;y;;z;;", ";;", "true", "12", "-7", "4.5", "1e3", "9" * 30, "-1e-400"),
    *(".5", "1e999", "😀", "\uffee😀\ue000", "a\u0301", "\u00df\n", "a\\b", "100%", "%s", '{"a": 1}'),
    *("'; DROP TABLE engine_profile; --", "2024-02-29", "2023-02-29", "2026-01-14T09:30:00Z", "2026-01-15T10:00"),
    *("2026-01-15T10:00:00.123456789+05:30", "0001-01-01T00:00:00+18:00", "9999-12-31T23:59:59-18:00"),
    *("PT1H", "-P1DT2H3.5S", "P1D", "PT", "P999999999D", "p1dt-2m"),
)
INTEGERS = (0, 1, -1, 2, 3, 5, 7, 12, 28, 31, 100, -100, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), 2**62)
DECIMALS = (
    *(0.0, -0.0, 0.1, 0.2, 0.3, 1.0, -1.0, 1.5, 2.5, -2.5, 100.0, 1e22, 1e23, 1e300, -1.7976931348623157e308, 1e-300),
    *(5e-324, 9007199254740993.0, 9.223372036854775807e18, 3.141592653589793, 1e-7, 123456.789, 2.0**-44),
)
DATES = ("2024-02-29", "2026-01-15", "0001-01-01", "9999-12-31", "1969-12-31")
LOCALS = (
    "2026-01-15T10:00:00",
    "2024-02-29T23:59:59.999999",
    "0001-01-01T00:00",
    "9999-12-31T23:59:59",
    "2026-03-31T12:30",
)
MOMENTS = (
    *("2026-01-15T10:00:00Z", "2026-01-14T09:30:00.5Z", "2026-01-15T11:00:00+01:00", "2025-01-15T10:00:00Z"),
    *(
        "2026-01-20T00:00:00-05:00",
        "0001-01-01T00:00:00+18:00",
        "9999-12-31T23:59:59.999999-18:00",
        "2024-02-29T12:00:00Z",
    ),
    *("2025-12-15T10:00:00.000001Z", "2026-02-28T10:00:00+14:00", "1969-12-31T23:59:59.999Z"),
)
SPANS = ("PT0S", "PT1H", "-PT1H", "P30D", "PT1.52S", "P999999999D", "-P999999999D", "PT0.000001S", "P366D")
LETTERS = "aAbBzZéÉßſıİΣσςǅŉﬁ ;.,😀\ue000\u0301\u00a0\t\n'\"\\%_"
JUNK: tuple[object, ...] = (
    *(None, "12", "x", "", 4.0, 4.5, 7, True, False, {}, {"a": 1}, [], [1, "x", None], [[1.5, 2], [3]]),
    *(10**25, -(10**25), [{"price": 1.5}, {"price": [2.5, 3.5]}, 7, None]),
)


_HELD: Mapping[str, Sequence[object]] = {
    "string": TEXTS,
    "integer": (*INTEGERS, 4.0),
    "decimal": (*DECIMALS, 3, -8),
    "boolean": (True, False),
    "dateOnly": DATES,
    "dateTimeOnly": LOCALS,
    "dateTime": MOMENTS,
    "duration": SPANS,
}


def _value(chance: Random, type_: str) -> object:
    """What a field of a type may hold: nearly always what was declared."""
    kind = chance.randrange(8)
    if kind == 0:
        return chance.choice(JUNK)
    if kind == 1 and type_ == "string":
        return "".join(chance.choice(LETTERS) for _ in range(chance.randrange(6)))
    if kind == 1 and type_ == "decimal":
        return chance.uniform(-10, 10) * 10.0 ** chance.randrange(-12, 12)
    if kind <= 2 and type_ == "integer":
        return chance.randrange(-40, 40)
    return chance.choice(_HELD[type_])


def _field(chance: Random, type_: str) -> object:
    if type_.startswith("list<"):
        element = type_[5:-1]
        return (
            chance.choice(JUNK)
            if chance.randrange(8) == 0
            else [_value(chance, element) for _ in range(chance.randrange(6))]
        )
    return _value(chance, type_)


def _object(chance: Random, **fields: Callable[[], object]) -> dict[str, object]:
    return {name: make() for name, make in fields.items() if chance.randrange(6)}


def _objects(chance: Random, make: Callable[[], object]) -> object:
    if chance.randrange(8) == 0:
        return chance.choice(JUNK)
    return [chance.choice(JUNK) if chance.randrange(8) == 0 else make() for _ in range(chance.randrange(5))]


def _item(chance: Random) -> object:
    part = lambda: _object(chance, code=lambda: _field(chance, "string"), weight=lambda: _field(chance, "decimal"))  # noqa: E731
    return _object(
        chance,
        name=lambda: _field(chance, "string"),
        price=lambda: _field(chance, "decimal"),
        quantity=lambda: _field(chance, "integer"),
        at=lambda: _field(chance, "dateTime"),
        parts=lambda: _objects(chance, part),
    )


def _payload(chance: Random) -> dict[str, object]:
    item = lambda: _object(chance, price=lambda: _field(chance, "decimal"), name=lambda: _field(chance, "string"))  # noqa: E731
    properties = lambda: _object(  # noqa: E731
        chance,
        total=lambda: _field(chance, "decimal"),
        quantity=lambda: _field(chance, "integer"),
        city=lambda: _field(chance, "string"),
        items=lambda: _objects(chance, item),
    )
    return _object(
        chance,
        timestamp=lambda: _field(chance, "dateTime"),
        properties=lambda: properties() if chance.randrange(8) else chance.choice(JUNK),
    )


def person(chance: Random) -> Person:
    plain = {
        name: _field(chance, type_)
        for name, type_ in ATTRIBUTES.items()
        if "." not in name and type_ not in ("object", "list<object>", "map<decimal>") and chance.randrange(6)
    }
    others = _object(
        chance,
        address=lambda: _object(chance, city=lambda: _field(chance, "string"), zip=lambda: _field(chance, "integer")),
        prices=lambda: {chance.choice(TEXTS): _value(chance, "decimal") for _ in range(chance.randrange(4))},
        items=lambda: _objects(chance, lambda: _item(chance)),
        plan=lambda: chance.choice([*TEXTS, *INTEGERS, *DECIMALS, True, False, None, [], {}, 10**25]),
        misc=lambda: chance.choice([None, {"deep": "x"}, {"deep": 5}, [{"deep": "x"}], {"deep": True}]),
    )
    return Person(
        attributes=plain | others,
        events=[(chance.choice(DEFINITIONS), _payload(chance)) for _ in range(chance.randrange(6))],
        audiences=[name for name in AUDIENCES if chance.randrange(3) == 0],
    )


# --- Expressions --------------------------------------------------------------------------------------------------


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _number(value: float) -> str:
    text = format(value, "f") if abs(value) < 1e17 else f"{int(value)}.0"
    return text if "." in text else f"{text}.0"


_LITERALS: Mapping[str, Sequence[str]] = {
    "string": [_text(text) for text in TEXTS],
    "integer": [str(number) for number in (*INTEGERS, *range(-3, 12))],
    "decimal": [_number(number) for number in DECIMALS if number == 0 or 1e-6 < abs(number) < 1e300],
    "boolean": ["true", "false"],
    "dateOnly": [f'date("{text}")' for text in DATES],
    "dateTimeOnly": [f'date("{text}")' for text in LOCALS],
    "dateTime": [
        *(f'date("{text}")' for text in MOMENTS),
        *("(now())", '(nowWithDelta(-1, "months", "Europe/Paris"))', '(now("Asia/Tokyo"))'),
    ],
    "duration": [f'(toDuration("{text}"))' for text in SPANS],
}
_FIELDS = {type_: [path for path, declared in ATTRIBUTES.items() if declared == type_ and "." not in path] for type_ in
           (*SCALARS, *(f"list<{type_}>" for type_ in SCALARS))}  # fmt: skip
_ITEMS = {"string": "name", "decimal": "price", "integer": "quantity", "dateTime": "at"}
_EVENT_FIELDS = {
    "dateTime": "timestamp",
    "decimal": "properties.total",
    "integer": "properties.quantity",
    "string": "properties.city",
}
PATTERNS = (
    "\\\\d+",
    "[a-zA-Z]*",
    "(?:Be|Zü)r.*",
    "x;y.*",
    ".{2,4}",
    "[^;]+;?.*",
    "\\\\s*\\\\w+\\\\s*",
    "a\\\\\\\\b",
    "(a|b)?c*|.*é",
)
PLACES = (";", "[aeiou]", "er", "\\\\d+", " +", "a\\\\\\\\", "ΣΣ", "[^a-z]+", "\\\\.")
UNITS = ("years", "months", "days", "hours", "minutes", "seconds")
REFERENCE = "#{{Profile.attributes.{}}}"


class Writing:
    """Writes one expression; `loop` is what the loop variable stands for: nothing, "item", "part" or "event"."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def any_of(self, *choices: Callable[[], str]) -> str:
        return self.chance.choice(choices)()

    def one(self, *choices: str) -> str:
        return self.chance.choice(choices)

    def literal(self, type_: str) -> str:
        return self.chance.choice(_LITERALS[type_])

    def expression(self, type_: str, depth: int, loop: str = "") -> str:
        """An expression of a scalar type, in parentheses where it wants some."""
        leaves = [lambda: self.field(type_, loop), lambda: self.field(type_, loop), lambda: self.literal(type_)]
        if depth <= 0:
            return self.any_of(*leaves)
        d = depth - 1
        e = lambda wanted: self.expression(wanted, d, loop)  # noqa: E731
        common = [
            *leaves,
            lambda: f"(if ({e('boolean')}) then ({e(type_)}) else ({e(type_)}))",
            lambda: f"(getListItem({self.list_of(type_, d, loop)}, {e('integer')}))",
            lambda: self.with_default(type_, d, loop),
            lambda: self.chosen(type_, d, loop),
        ]
        return self.any_of(*common, *getattr(self, f"_{type_}")(d, loop, e))

    def field(self, type_: str, loop: str) -> str:
        """A field of this type; of the element when there is a loop."""
        if loop and self.chance.random() < 0.5:
            name = {"item": _ITEMS, "event": _EVENT_FIELDS, "part": {"string": "code", "decimal": "weight"}}[loop].get(
                type_
            )
            if name:
                return f"currentDataPackField.{name}"
        path = self.one(*_FIELDS[type_])
        if type_ == "string" and self.chance.randrange(6) == 0:
            path = "address.city"
        elif type_ == "decimal" and self.chance.randrange(6) == 0:
            path = f"prices.entry({self.literal('string')})"
        elif type_ == "string" and self.chance.randrange(6) == 0:
            path = "prices.firstEntryKey()"
        return REFERENCE.format('"order id"' if path == "order id" else path)

    def with_default(self, type_: str, depth: int, loop: str) -> str:
        path = self.one(*_FIELDS[type_]).replace("order id", "name")
        return f"#{{Profile.attributes.{path}, defaultValue : {self.expression(type_, depth, loop)}}}"

    def chosen(self, type_: str, depth: int, loop: str) -> str:
        """A field of one object of a list."""
        method = self.one("first", "last", "at")
        if method == "at":
            choice = f"at({self.expression('integer', 0, loop)})"
        else:
            choice = f"{method}({self.condition(depth, 'item')})"
        if type_ in _ITEMS:
            return f"#{{Profile.attributes.items.{choice}.{_ITEMS[type_]}}}"
        return f"#{{Profile.attributes.{type_}s.{method}({self.element_test(type_) if method != 'at' else '1'})}}"

    def element_test(self, type_: str) -> str:
        return self.one("", f"currentDataPackField == {self.literal(type_)}", "currentDataPackField is not null")

    def condition(self, depth: int, loop: str) -> str:
        return self.expression("boolean", min(depth, 1), loop) if self.chance.random() < 0.5 else ""

    def objects(self, depth: int, loop: str) -> tuple[str, str]:
        """A path to a list of objects, without its closing brace, and what its elements are."""
        items = f"#{{Profile.attributes.items.all({self.condition(depth, 'item')})"
        orders = "#{Profile.events.OrderPlaced"
        return self.chance.choice(
            [
                ("#{Profile.attributes.items", "item"),
                (items, "item"),
                (f"{items}.parts", "part"),
                (f"{items}.parts.all({self.condition(depth, 'part')})", "part"),
                ('#{Profile.events."Page viewed"', "event"),
                (f"{orders}.all({self.condition(depth, 'event')})", "event"),
                (f"{orders}.all({self.window()})", "event"),
            ]
        )

    def about_events(self, depth: int, loop: str) -> str:
        """What audiences mostly ask: one value over the events of a person."""
        name = self.one('"Page viewed"', "OrderPlaced")
        path = f"#{{Profile.events.{name}"
        chosen = self.one(path, f"{path}.all({self.condition(depth, 'event')})", f"{path}.all({self.window()})")
        one = f"{path}.{self.one('first', 'last')}({self.condition(depth, 'event')})"
        number = self.expression(self.one("integer", "decimal"), min(depth, 1), loop)
        return self.one(
            f"({self.one('count', 'listSize')}({chosen}}}) {self.one('>', '<', '==', '>=')} {number})",
            f"({self.one('sum', 'avg', 'min', 'max')}({chosen}.properties.total}}) {self.one('>', '==')} {number})",
            f"({self.one('sum', 'avg', 'min')}({chosen}.properties.quantity}}) {self.one('>', '<', '!=')} {number})",
            f"(sum({chosen}.properties.items.price}}) {self.one('>', '<', '==')} {number})",
            f"(sum({chosen}.properties.items.all().price}}) is {self.one('null', 'not null')})",
            f"({self.one('count', 'countOnlyNull', 'distinctCount')}({chosen}.properties.city}}) > {number})",
            f'(distinctCount({chosen}}}, "timestamp") == {number})',
            f"({one}.properties.total}} {self.one('>', '<', '==')} {number})",
            f"({one}.properties.city}} {self.one('==', '!=')} {self.expression('string', min(depth, 1), loop)})",
            f"({one}.timestamp}} {self.one('<', '>=')} {self.expression('dateTime', min(depth, 1), loop)})",
            f"(setHours({one}.timestamp}}, 7) == {self.expression('dateTime', min(depth, 1), loop)})",
        )

    def window(self) -> str:
        name = self.one("inLastDays", "inLastMonths", "inNextHours", "inLastYears", "inNextDays")
        return f"{name}(currentDataPackField.timestamp, {self.chance.randint(-1, 40)})"

    def list_of(self, type_: str, depth: int, loop: str = "") -> str:
        """An expression for a list of scalars."""
        literal = lambda: self.list_literal(type_)  # noqa: E731
        field = lambda: REFERENCE.format(f"{type_}s")  # noqa: E731
        projected = lambda: self.projected(type_, depth, loop)  # noqa: E731
        if depth <= 0:
            return self.any_of(field, projected, literal)
        d = depth - 1
        again = lambda: self.list_of(type_, d, loop)  # noqa: E731
        choices = [
            *(field, projected, literal),
            lambda: f"distinct({again()})",
            lambda: f"distinctWithNull({again()})",
            lambda: f"intersect({again()}, {again()})",
            lambda: f"limit({again()}, {self.expression('integer', 0, loop)})",
            lambda: f"limit({again()}, {self.expression('integer', 0, loop)}, {self.expression('boolean', 0, loop)})",
            lambda: f"sort({again()}, {self.one('true', 'false')})",
            lambda: f"(if ({self.expression('boolean', d, loop)}) then ({again()}) else ({again()}))",
            lambda: f"#{{Profile.attributes.{type_}s.all({self.element_test(type_)})}}",
            lambda: f"[{self.expression(type_, d, loop)}, {self.expression(type_, d, loop)}]",
            lambda: f"#{{Profile.attributes.{type_}s, defaultValue : ({again()})}}",
        ]
        if type_ == "string":
            choices += [
                lambda: f'split({self.expression("string", d, loop)}, "{self.one(*PLACES)}")',
                lambda: "#{Profile.attributes.prices.keys()}",
            ]
        return self.any_of(*choices)

    def list_literal(self, type_: str) -> str:
        others = [self.one("null", self.literal(type_)) for _ in range(self.chance.randrange(4))]
        return f"[{', '.join([self.literal(type_), *others])}]"

    def projected(self, type_: str, depth: int, loop: str) -> str:
        """A field of all objects of a list."""
        path, element = self.objects(depth, loop)
        fields = {"item": _ITEMS, "event": _EVENT_FIELDS, "part": {"string": "code", "decimal": "weight"}}[element]
        if type_ not in fields:
            return REFERENCE.format(f"{type_}s")
        if element == "event" and type_ in ("decimal", "string") and self.chance.random() < 0.5:
            return f"{path}.properties.items.{'price' if type_ == 'decimal' else 'name'}}}"
        return f"{path}.{fields[type_]}}}"

    def different_objects(self, depth: int, loop: str) -> str:
        path, element = self.objects(depth, loop)
        name = {"item": self.one("name", "price", "at"), "part": "code", "event": "timestamp"}[element]
        return f'(distinctCount({path}}}, "{name}"))'

    def any_objects(self, depth: int, loop: str) -> str:
        path, element = self.objects(depth, loop)
        name, type_ = {"item": ("price", "decimal"), "part": ("code", "string"), "event": ("timestamp", "dateTime")}[
            element
        ]
        whole = f"{path}}}"
        return self.any_of(
            lambda: whole,
            lambda: f"limit({whole}, {self.chance.randint(0, 3)}, {self.one('true', 'false')})",
            lambda: f'sort({whole}, "{name}", {self.one("true", "false")})',
            lambda: f'distinct({whole}, "{name}")',
            lambda: f'filter({whole}, "{name}", {self.list_of(type_, 0, loop)})',
        )

    # --- By type --------------------------------------------------------------------------------------------------

    def _string(self, d: int, loop: str, e: Callable[[str], str]) -> list[Callable[[], str]]:
        scalar = lambda: e(self.one(*SCALARS))  # noqa: E731
        return [
            lambda: f"({e('string')} + {scalar()})",
            lambda: f"({scalar()} + {e('string')})",
            lambda: f"(concat({e('string')}, {e('string')}))",
            lambda: f"(concat({self.list_of('string', d, loop)}))",
            lambda: f"(lower({e('string')}))",
            lambda: f"(upper({e('string')}))",
            lambda: f"(trim({e('string')}))",
            lambda: f"(substr({e('string')}, {e('integer')}))",
            lambda: f"(substr({e('string')}, {e('integer')}, {e('integer')}))",
            lambda: f"(toString({scalar()}))",
            lambda: f'(replace({e("string")}, "{self.one(*PLACES)}", "{self.one("", "-", "&", "%s")}"))',
            lambda: f'(replaceAll({e("string")}, "{self.one(*PLACES)}", "{self.one("", "--", "&1")}"))',
            lambda: self.serialized(d, loop, e("boolean")),
        ]

    def serialized(self, depth: int, loop: str, quoted: str) -> str:
        listed = self.list_of(self.one(*SCALARS), depth, loop)
        return f"(serializeList({listed}, {self.literal('string')}, {quoted}))"

    def _integer(self, d: int, loop: str, e: Callable[[str], str]) -> list[Callable[[], str]]:
        scalars = lambda: self.list_of(self.one(*SCALARS), d, loop)  # noqa: E731
        counts = ("count", "countOnlyNull", "countWithNull", "distinctCount", "distinctCountWithNull", "listSize")
        integers = lambda: self.list_of("integer", d, loop)  # noqa: E731
        return [
            lambda: f"({e('integer')} {self.one('+', '-', '*', '/', '%')} {e('integer')})",
            lambda: f"(length({e('string')}))",
            lambda: f"({self.one('indexOf', 'lastIndexOf')}({e('string')}, {e('string')}))",
            lambda: f"(toInteger({e(self.one('string', 'decimal', 'integer', 'boolean', 'dateTime'))}))",
            lambda: f"(round({e(self.one('decimal', 'integer'))}))",
            lambda: f"({self.one(*counts)}({scalars()}))",
            lambda: f"({self.one('count', 'listSize')}({self.any_objects(d, loop)}))",
            lambda: self.different_objects(d, loop),
            lambda: f"({self.one('sum', 'max', 'min')}({integers()}))",
            lambda: f"({self.one('sum', 'max', 'min')}({e('integer')}, {e('integer')}))",
            lambda: self.one("(currentTimeInMillis())"),
        ]  # fmt: skip

    def _decimal(self, d: int, loop: str, e: Callable[[str], str]) -> list[Callable[[], str]]:
        number = lambda: e(self.one("integer", "decimal"))  # noqa: E731
        return [
            lambda: f"({e('decimal')} {self.one('+', '-', '*', '/')} {e('decimal')})",
            lambda: f"({e('decimal')} {self.one('+', '-', '/')} {e('integer')})",
            lambda: f"({e('integer')} {self.one('+', '-', '/')} {e('decimal')})",
            lambda: f"(toDecimal({e(self.one('string', 'decimal', 'integer', 'boolean', 'dateTime'))}))",
            lambda: f"({self.one('sum', 'max', 'min', 'avg')}({self.list_of('decimal', d, loop)}))",
            lambda: f"(avg({self.list_of('integer', d, loop)}))",
            lambda: f"(avg({number()}, {number()}))",
            lambda: f"({self.one('sum', 'max', 'min')}({e('decimal')}, {number()}))",
        ]

    def _boolean(self, d: int, loop: str, e: Callable[[str], str]) -> list[Callable[[], str]]:
        number = lambda: e(self.one("integer", "decimal"))  # noqa: E731
        scalar = lambda: e(self.one(*SCALARS))  # noqa: E731
        order = lambda: self.one("<", "<=", ">", ">=")  # noqa: E731
        equality = lambda: self.one("==", "!=")  # noqa: E731
        windows = [f"in{way}{unit}" for way in ("Last", "Next") for unit in ("Hours", "Days", "Months", "Years")]
        tests = ("contain", "startWith", "endWith")
        unknown = lambda: REFERENCE.format(self.one("plan", "misc.deep"))  # noqa: E731

        def same() -> str:
            type_ = self.one(*SCALARS)
            return f"({e(type_)} {equality()} {e(type_)})"

        def listed() -> str:
            type_ = self.one(*SCALARS)
            return f"(in({e(type_)}, {self.list_of(type_, d, loop)}))"

        def lists() -> str:
            type_ = self.one(*SCALARS)
            return f"({self.list_of(type_, d, loop)} {equality()} {self.list_of(type_, d, loop)})"

        return [
            lambda: f"({e('boolean')} {self.one('and', 'or')} {e('boolean')})",
            lambda: f"(not {e('boolean')})",
            same,
            same,
            lambda: f"({scalar()} {equality()} {scalar()})",
            lambda: f"({number()} {order()} {number()})",
            lambda: f"({e('dateTime')} {order()} {e('dateTime')})",
            lambda: f"({e('dateTimeOnly')} {order()} {e('dateTimeOnly')})",
            lambda: f"({scalar()} is {self.one('null', 'not null', 'numeric', 'integer', 'decimal')})",
            lambda: f"({self.list_of(self.one(*SCALARS), d, loop)} {self.one('has null', 'is null', 'is not null')})",
            lambda: f"({self.any_objects(d, loop)} {self.one('has null', 'is null')})",
            lambda: f"({unknown()} {equality()} {self.literal(self.one(*SCALARS))})",
            lambda: f"({unknown()} {equality()} {e('string')})",
            lambda: f"({unknown()} is {self.one('null', 'not null', 'numeric', 'integer', 'decimal')})",
            lambda: self.about_events(d, loop),
            lambda: self.about_events(d, loop),
            listed,
            lists,
            lambda: f"({self.one(*tests, *(f'{name}IgnoreCase' for name in tests))}({e('string')}, {e('string')}))",
            lambda: f"({self.one('equalIgnoreCase', 'notEqualIgnoreCase')}({e('string')}, {e('string')}))",
            lambda: f"({self.one('isEmpty', 'isNotEmpty')}({e('string')}))",
            lambda: f'(matchRegExp({e("string")}, "{self.one(*PATTERNS)}"))',
            lambda: f"({self.one(*windows)}({e('dateTime')}, {e('integer')}))",
            lambda: f"(toBool({e(self.one('string', 'decimal', 'integer', 'boolean'))}))",
            lambda: f"({self.one('inAudience', 'inSegment')}({_text(self.one(*AUDIENCES))}))",
            lambda: f"(count({self.any_objects(d, loop)}) {self.one('> 0', '>= 1', '== 0', '!= 0', '< 1', '>= 2')})",
        ]  # fmt: skip

    def _dateOnly(self, d: int, loop: str, e: Callable[[str], str]) -> list[Callable[[], str]]:
        return [
            lambda: f"(toDateOnly({e(self.one('string', 'dateTime', 'dateTimeOnly', 'dateOnly', 'integer'))}))",
            lambda: f"(toDateOnly({self.chance.randint(2020, 2028)}, {e('integer')}, {e('integer')}))",
            lambda: f"({self.one('max', 'min')}({self.list_of('dateOnly', d, loop)}))",
            lambda: f"({self.one('max', 'min')}({e('dateOnly')}, {e('dateOnly')}))",
        ]

    def _dateTimeOnly(self, d: int, loop: str, e: Callable[[str], str]) -> list[Callable[[], str]]:
        return [
            lambda: f"(toDateTimeOnly({e(self.one('string', 'dateTime', 'dateOnly'))}))",
            lambda: f"({e('dateTimeOnly')} + {e('duration')})",
            lambda: f"({self.one('setHours', 'setDays')}({e('dateTimeOnly')}, {e('integer')}))",
            lambda: f"({self.one('max', 'min')}({self.list_of('dateTimeOnly', d, loop)}))",
            lambda: f"({self.one('max', 'min')}({e('dateTimeOnly')}, {e('dateTimeOnly')}))",
        ]

    def _dateTime(self, d: int, loop: str, e: Callable[[str], str]) -> list[Callable[[], str]]:
        zone = lambda: self.one('"UTC"', '"+02:00"', '"-05:30"')  # noqa: E731
        return [
            lambda: f"(toDateTime({e(self.one('string', 'integer'))}))",
            lambda: f"(toDateTime({zone()}, {e(self.one('dateOnly', 'dateTimeOnly'))}))",
            lambda: f"({e('dateTime')} + {e('duration')})",
            lambda: f"({self.one('setHours', 'setDays')}({e('dateTime')}, {e('integer')}))",
            lambda: f"(updateTimeZone({e('dateTime')}, {zone()}))",
            lambda: f'(nowWithDelta({e("integer")}, "{self.one(*UNITS)}"))',
            lambda: f"({self.one('max', 'min')}({self.list_of('dateTime', d, loop)}))",
            lambda: f"({self.one('max', 'min')}({e('dateTime')}, {e('dateTime')}))",
        ]

    def _duration(self, d: int, loop: str, e: Callable[[str], str]) -> list[Callable[[], str]]:
        return [
            lambda: f"(toDuration({e(self.one('string', 'integer'))}))",
            lambda: f"({e('duration')} + {e('duration')})",
            lambda: f"({self.one('max', 'min')}({self.list_of('duration', d, loop)}))",
            lambda: f"({self.one('max', 'min')}({e('duration')}, {e('duration')}))",
        ]


def expression(chance: Random) -> str:
    """The text of an expression of any type."""
    writing, depth = Writing(chance), chance.choice([1, 1, 2, 2, 3, 4])
    kind = chance.randrange(12)
    if kind == 0:
        return writing.any_objects(depth, "")
    if kind == 1:
        return writing.list_of(chance.choice(SCALARS), depth)
    if kind <= 3:
        return writing.about_events(depth, "")
    return writing.expression(chance.choice([*SCALARS, "boolean", "boolean", "boolean"]), depth)
