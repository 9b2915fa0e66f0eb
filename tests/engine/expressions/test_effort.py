"""What one evaluation may do: the worst expressions over the worst data end early, in little memory, always alike."""

import tracemalloc

import pytest

from engine.expressions import EvaluationError, compile
from engine.expressions.checking import check
from tests.engine.expressions.hostile import EXPRESSIONS, REFUSED, known

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def ground():
    return known()


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_a_hostile_expression_is_answered_or_stopped_within_its_memory(name, ground):
    scope, facts = ground
    evaluate = compile(EXPRESSIONS[name], scope)

    tracemalloc.start()
    try:
        said = [_said(evaluate, facts) for _ in range(2)]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 10 * MEGABYTE
    assert set(said) <= {"limit", "bool", "int", "float", "str", "list", "NoneType"}
    assert "backtrack" in name or said[0] == said[1]


def _said(evaluate, facts):
    """The code of the error, or the class of the value: the values themselves would count as memory."""
    try:
        return type(evaluate(facts)).__name__
    except EvaluationError as error:
        return error.code


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("count(@event{E.things.all(currentEventField.a >= 4990)})", 10),
        ('count(@event{E.words.all(startWith(currentEventField, "word 1999"))})', 11),
        ("sum(@event{E.things.a})", 12_497_500),
        ('length(replaceAll(@event{E.gaps}, "z", "y"))', 300_000),
    ],
)
def test_looking_at_everything_in_a_large_event_once_is_no_hostility(text, value, ground):
    scope, facts = ground

    assert compile(text, scope)(facts) == value


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_too_large_is_refused_when_it_is_written(name, ground):
    problems = check(REFUSED[name], ground[0]).problems

    assert problems
    assert problems[0].hint or problems[0].message
