"""The expression language: every function as its own example says, every operator, what missing data does."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from engine.expressions import (
    EvaluationError,
    ExpressionError,
    Facts,
    Schema,
    Scope,
    check,
    compile,
    describe,
    parse_type,
    to_json,
)
from engine.expressions.examples import SCOPE, facts
from engine.expressions.functions import FUNCTIONS
from engine.expressions.problems import CODES

NOW = datetime(2026, 1, 15, 10, tzinfo=UTC)
DEAR = "@event{{Order.items.{}(currentEventField.price > 10)"
ORDER = Scope(
    events={"Order": Schema({"total": "decimal", "count": "integer", "note": "string", "items": "list<object>"})},
    sources={"Profile": {"attributes": Schema({"city": "string"})}},
)


def order(text: str, *, expect: str | None = None, **payload: object) -> object:
    """The value of an expression over an order."""
    profile = {"attributes": {"city": "Bern"}}
    seen = Facts({"Order": payload}, {"Profile": profile}, {}, {}, {}, {"name": "J"}, {}, NOW, Random(1))
    return compile(text, ORDER, parse_type(expect) if expect else None)(seen)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)
def test_a_function_does_what_its_example_says(function):
    value = compile(function.example, SCOPE)(facts())

    expected = compile(function.example_result, SCOPE)(facts())
    assert to_json(value) == to_json(expected)  # date-times with their offsets
    assert type(value) is type(expected)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)
def test_a_function_of_nothing_does_not_fail(function):
    """Every signature, called with null for everything that is not a constant: a value or null, never an error."""
    for signature in function.signatures:
        if all(parameter.kind == "plain" for parameter in signature.parameters):
            text = f"{function.name}({', '.join('null' for _ in signature.parameters)})"
            if not check(text, SCOPE).problems:
                compile(text, SCOPE)(facts())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2", 3),
        ("1 + 2.5", 3.5),
        ('"a" + 1 + true', "a1true"),
        ("5 - 7", -2),
        ("3 * 4", 12),
        ("7 / 2", 3),
        ("-7 / 2", -3),
        ("7.0 / 2.0", 3.5),
        ("7 / 0", 0),
        ("-7 % 3", -1),
        ("7 % 0", 0),
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("1 < 2", True),
        ("2 <= 1", False),
        ("2 > 1.5", True),
        ("2 >= 2", True),
        ("1 == 1.0", True),
        ('1 == "1"', False),
        ("1 != 2", True),
        ("null == null", True),
        ("true and false", False),
        ("true or false", True),
        ("not true", False),
        ("true or false and false", True),
        ("1 is null", False),
        ("null is null", True),
        ("1 is not null", True),
        ("[1, null] has null", True),
        ("if (1 > 2) then (\"a\") else (\"b\")", "b"),
        ('(toDateTime("2026-03-01T12:00:00Z")) + (toDuration("PT1H"))', datetime(2026, 3, 1, 13, tzinfo=UTC)),
        ('(now()) + (toDuration("-P1D"))', NOW - timedelta(days=1)),
        ('toDateTime("2026-01-16T00:00:00Z") > now()', True),
        ("9223372036854775807 + 1", None),
        ("[1, 2] == [1, 2]", True),
    ],
)  # fmt: skip
def test_an_operator(text, expected):
    value = compile(text, SCOPE)(facts())

    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("text", "payload", "expected"),
    [
        ("@event{Order.total} >= 150", {"total": 150}, True),
        ("@event{Order.total} >= 150", {}, False),
        ("@event{Order.total} >= 150", {"total": "150"}, False),  # nothing is converted silently
        ("@event{Order.total} + 1.0", {}, None),
        ("@event{Order.total, defaultValue : 7.0}", {}, 7.0),
        ('#{Profile.attributes.city} == "Bern"', {}, True),
        ('@event{Order.note} + "!"', {"note": "hi"}, "hi!"),
        (f"{DEAR.format('first')}.name}}", {"items": [{"price": 5}, {"price": 20, "name": "b"}]}, "b"),
        (f"{DEAR.format('all')}.name}}", {"items": [{"price": 20, "name": "b"}]}, ["b"]),
        (f"{DEAR.format('first')}.name}}", {}, None),
        ("@event{Order.a.b.c}", {"a": 7}, None),
        ("@event{Order.a.b.c} is null", {"a": {"b": 7}}, True),
        ("@event{Order.a.b.c}", {"a": {"b": [{"c": 1}, {}]}}, [1, None]),
    ],
)  # fmt: skip
def test_what_an_event_holds(text, payload, expected):
    assert order(text, **payload) == expected


def test_a_condition_that_is_null_counts_as_false():
    assert order("@event{Order.flag}", expect="boolean") is False


def test_a_field_group_is_asked_once_for_each_set_of_parameters():
    asked = []

    def weather(params):
        asked.append(dict(params))
        return {"rain": len(asked), "wind": 5}

    scope = Scope(sources={"Weather": {"today": Schema({"rain": "integer", "wind": "integer"}, params=("city",))}})
    read = '#{{Weather.today.{}, params : {{city : "{}"}}}}'.format
    text = " + ".join([read("rain", "Bern"), read("rain", "Ulm"), read("wind", "Bern"), read("rain", "Bern")])
    seen = Facts({}, {"Weather": {"today": weather}}, {}, {}, {}, {}, {}, NOW)

    assert compile(text, scope)(seen) == 1 + 2 + 5 + 1
    assert asked == [{"city": "Bern"}, {"city": "Ulm"}]


@pytest.mark.parametrize("text", ["@event{Order.a} > 1", "@event{Order.a} * 2", "not @event{Order.a}"])
def test_a_value_whose_type_does_not_fit_is_an_error_and_not_a_guess(text):
    with pytest.raises(EvaluationError):
        order(text, a={"b": 1})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1 +", "syntax"),
        ("", "syntax"),
        ("(" * 5_000, "syntax"),
        ("nope(1)", "unknown_function"),
        ("@event{Nope.total}", "unknown_field"),
        ("${nope}", "unknown_field"),
        ("upper(1)", "type"),
        ("1 and true", "type"),
    ],
    ids=["half", "empty", "deep", "function", "event", "property", "argument", "operand"],
)
def test_a_mistake_is_said_with_its_place(text, code):
    problems = check(text, ORDER).problems

    assert problems
    assert problems[0].code == code
    assert problems[0].message
    assert 0 <= problems[0].start <= problems[0].end <= len(text)
    assert code in CODES
    with pytest.raises(ExpressionError):
        compile(text, ORDER)


def test_a_wrong_type_for_its_place_is_a_mistake():
    assert [problem.code for problem in check("1 + 1", ORDER, parse_type("boolean")).problems] == ["type"]


def test_every_function_is_listed_for_the_editor():
    listed = {entry["name"]: entry for entry in describe()}

    assert set(listed) == {name for name, function in FUNCTIONS.items() if not function.deprecated}
    assert all(entry["doc"] and entry["example"] and entry["signatures"] for entry in listed.values())
