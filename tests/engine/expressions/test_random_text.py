"""100,000 random texts: each is answered with problems or a value, and nothing else ever comes out."""

import time
from collections import Counter
from datetime import UTC, datetime
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple

import pytest

from engine.expressions import EvaluationError, ExpressionError, Facts, Scope, check, compile, parse_type
from engine.expressions.cases import read_context
from engine.expressions.compiled import compile_checked
from engine.expressions.functions import FUNCTIONS
from tests.engine.expressions.cases import cases

PARTS, EACH = 10, 10_000
LONG = 1.0  # seconds for one text; counted and told, a busy machine fails no test
NOW = datetime(2026, 1, 15, 10, tzinfo=UTC)
EXPECTED = (*[None] * 8, "boolean", "dateTimeOnly", "decimal", "list<string>", "any")

# What a text may be made of: every token of the language, and what is none.
TOKENS = (
    *"( ) [ ] { } , . : + - * / % == != < <= > >= and or not is null has if then else true false".split(),
    *"numeric integer decimal @event{ #{ @action{ @datasetLookup{ @decision{ @{ ${ defaultValue params".split(),
    *"currentEventField currentDataPackField currentActionField currentDatasetLookupField".split(),
    *"all( first( last( at( entry( keys() firstEntryKey() A S.G items name 0 1 -1 2.5 'a' \"b\" '' \"\\\\d+\"".split(),
    *"9223372036854775807 -9223372036854775808 1e5 = && || ! ? ; “ ” \\ \" ' $ @ # _ - é \n \t \0 \u200b 😀".split(" "),
    *(f"{name}(" for name in FUNCTIONS),
    *("date(", '"2026-01-15"', '"2026-01-15T10:00:00Z"', '"PT1H"', '"Europe/Paris"', '"days"', '"(a|a)*b"', "\ud800"),
)
LITERALS = {
    "string": ('"a"', "'it'", '""', '"1"', '"2026-01-15T10:00:00Z"', '"PT1H"', '"a,b"', "@event{A.s}", "${profileId}"),
    "integer": ("0", "1", "-7", "9223372036854775807", "@event{A.i}", "@event{A.l.x.first()}"),
    "decimal": ("0.0", "2.5", "-1.5", "@event{A.d}", "random()"),
    "boolean": ("true", "false", "@event{A.b}", 'inAudience("Gold")', "(1 < 2.5)", "@event{A.u} is null"),
    "dateOnly": ('date("2024-02-29")', "@event{A.do}"),
    "dateTimeOnly": ('date("9999-12-31T23:59:59")', "@event{A.dto}"),
    "dateTime": ("now()", 'date("0001-01-01T00:00:00Z")', "@event{A.dt}"),
    "duration": ('toDuration("P1D")', "toDuration(9223372036854775807)", "@event{A.p}"),
    "object": ("@event{A.o}", "@event{A.l.first()}"),
    "list": ("[]", "[null]", "[1, null]", '["b", "a"]', "[2.5]", "[true]", "[now()]", "@event{A.l.x}", "@event{A.u}"),
}
TYPES = {"i": "integer", "s": "string", "d": "decimal", "b": "boolean", "do": "dateOnly", "dto": "dateTimeOnly"}
VALUES = (None, True, 0, 7, 2.5, "", "a", "2026-01-15T10:00:00Z", "PT1H", "days", [], [1, 2], ["a", None], [1, "a"], {},
          {"k": "v"}, [{"x": 1}, None], [[1]], [{"x": "a"}, {"x": 2}], 2**70, float("inf"))  # fmt: skip
CONTEXT: dict[str, Any] = {
    "events": {"A": {"l": [{"x": 1, "n": "a"}, {"x": 2}], "o": {"k": 1}}},
    "types": {f"events.A.{name}": kind for name, kind in {**TYPES, "dt": "dateTime", "p": "duration"}.items()},
    "audiences": {"Gold": "realized"},
}


def tokens(chance: Random) -> str:
    """Any tokens in any order."""
    return chance.choice(("", " ")).join(chance.choice(TOKENS) for _ in range(chance.randrange(1, 14)))


def sentence(chance: Random, depth: int = 3, kind: str = "") -> str:
    """What follows the grammar, and mostly the types."""
    kind = kind or chance.choice(list(LITERALS))
    if chance.random() < 0.05:
        kind = chance.choice(list(LITERALS))
    if depth == 0 or chance.random() < 0.25:
        return chance.choice(("null", "@event{A.u}", "@event{A.l.first().zzz}", *LITERALS[kind], *LITERALS[kind]))

    def inner(wanted: str = "") -> str:
        return sentence(chance, depth - 1, wanted)

    match chance.randrange(8):
        case 0:
            return f"({inner(kind)})"
        case 1:
            return f"if ({inner('boolean')}) then ({inner(kind)}) else ({inner(kind)})"
        case 2 if kind == "boolean":
            operator = chance.choice(("==", "!=", "<", "<=", ">", ">=", "and", "or"))
            other = "boolean" if operator in ("and", "or") else chance.choice(("integer", "decimal", "dateTime"))
            return f"{inner(other)} {operator} {inner(other)}"
        case 3 if kind == "boolean":
            return f"{inner()} {chance.choice(('is null', 'is not null', 'has null', 'is numeric', 'is decimal'))}"
        case 2 | 3 if kind in ("string", "integer", "decimal"):
            return f"({inner(kind)}) {'+' if kind == 'string' else chance.choice('+-*/%')} ({inner(kind)})"
        case 2 | 3 if kind in ("dateTime", "dateTimeOnly", "duration"):
            return f"({inner(kind)}) + ({inner('duration')})"
        case 4:
            path = chance.choice(("x", "n", "zzz"))
            method = chance.choice(("all", "first", "last"))
            return f"@event{{A.l.{method}(currentEventField.{path} == {inner()}).{path}}}"
        case 5:
            return f"@event{{A.{chance.choice(('zzz', 'u', 's', 'i'))}, defaultValue : ({inner(kind)})}}"
        case _:
            function = chance.choice(list(FUNCTIONS.values()))
            signature = chance.choice(function.signatures)
            types = [str(one.type) for one in signature.parameters]
            kinds = [one if one in LITERALS else ("list" if one.startswith("list") else kind) for one in types]
            constants = {"zone": '"Asia/Tokyo"', "unit": '"months"', "constant": '"Gold"', "attribute": '"x"'}
            arguments = zip(signature.parameters, kinds, strict=True)
            return f"{function.name}({', '.join(constants.get(p.kind) or inner(k) for p, k in arguments)})"


def mutation(chance: Random, case: str) -> str:
    """One of our cases, with something cut, doubled, swapped or put in."""
    text = list(case)
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.randrange(1, 6))
        match chance.randrange(5):
            case 0:
                del text[start:end]
            case 1:
                text[start:start] = text[start:end]
            case 2:
                text[start:end] = reversed(text[start:end])
            case 3:
                text[start:start] = chance.choice(TOKENS)
            case 4:
                other = chance.choice(known()).text
                text[start:end] = other[chance.randrange(len(other) + 1) :][: chance.randrange(1, 30)]
    return "".join(text)


def junction(chance: Random, case: str) -> str:
    """One of our cases, joined with another."""
    forms = (
        "({0}) == ({1})",
        "[({0}), ({1})]",
        "if ({1}) then ({0}) else (null)",
        '"" + ({0}) + ({1})',
        "concat({0}, {1})",
    )
    return chance.choice(forms).format(case, chance.choice(known()).text)


def noise(chance: Random) -> str:
    """Any characters: control characters, halves of characters, any script."""
    ranges = ((0, 0x20), (0x20, 0x7F), (0x20, 0x7F), (0x7F, 0xA1), (0x200B, 0x2070), (0xD800, 0xE000), (0, 0x110000))
    return "".join(chr(chance.randrange(*chance.choice(ranges))) for _ in range(chance.randrange(0, 40)))


class World(NamedTuple):
    """A text, and what is known where it stands."""

    text: str
    scope: Scope
    facts: Facts


@lru_cache(maxsize=1)
def known() -> list[World]:
    """Our cases."""
    short = [case for case in cases() if len(case["expr"]) < 200]
    return [World(case["expr"], *read_context(case.get("context") or {}, NOW)) for case in short]


@lru_cache(maxsize=1)
def plain() -> Scope:
    return read_context(CONTEXT, NOW)[0]


def anyone(chance: Random) -> Facts:
    """Someone of whom anything may be known: in the fields that nobody declared, and in all others."""
    items = [{name: chance.choice(VALUES) for name in ("x", "n", "zzz")} for _ in range(3)]
    odd = {name: chance.choice(VALUES) for name in ("u", "zzz", *TYPES)}
    return read_context({**CONTEXT, "events": {"A": {"l": items, "o": {"k": 1}, **odd}}, "types": {}}, NOW)[1]


def anything(chance: Random) -> World:
    make = chance.choice((tokens, sentence, sentence, sentence, mutation, mutation, mutation, junction, noise))
    if make in (mutation, junction):
        case = chance.choice(known())
        return case._replace(text=make(chance, case.text))
    return World(make(chance), plain(), anyone(chance))


def answered(text: str, scope: Scope, facts: list[Facts], expect: str | None) -> str:
    """What became of the text: `problems`, `value` or `error`."""
    wanted = parse_type(expect) if expect else None
    checked = check(text, scope, wanted)
    if checked.problems:
        assert all(0 <= one.start <= one.end <= len(text) and one.message for one in checked.problems)
        return "problems"
    ready = compile_checked(checked, wanted)
    became = "value"
    for one in facts:
        try:
            ready(one)
        except EvaluationError:
            became = "error"
    return became


@pytest.mark.parametrize("part", range(PARTS))
def test_random_text_is_answered(part: int) -> None:
    chance = Random(f"JourneyOpt {part}")
    became: Counter[str] = Counter()
    slow = []
    for _ in range(EACH):
        text, scope, facts = anything(chance)
        stranger = chance.choice(known()).facts  # what another case knows: any type in a wrong place
        began = time.perf_counter()

        became[answered(text, scope, [facts, stranger], chance.choice(EXPECTED))] += 1

        if time.perf_counter() - began > LONG:
            slow.append(text)
    print(f"part {part}: {dict(became)}; slow: {slow}")
    assert became["value"] > EACH / 5, became  # a good share gets as far as an evaluation


def test_a_text_with_problems_is_refused_by_the_compiler() -> None:
    chance = Random(7)
    for _ in range(200):
        text = tokens(chance)
        if check(text, plain()).problems:
            with pytest.raises(ExpressionError):
                compile(text, plain())
