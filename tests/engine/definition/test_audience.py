"""The rule of an audience: what it may say, what it reads, and that it never depends on itself."""

import pytest

from engine.definition.audience import audiences_in, check_rule, in_order, problems_of, reads_of, rule_of
from engine.definition.world import AudienceShape, EventShape, World

WORLD = World(
    events={"Order": EventShape(name="Order", json_schema={"properties": {"total": {"type": "number"}}})},
    profile_fields={"city": "string", "age": "integer"},
    audiences={
        "Gold": AudienceShape(name="Gold"),
        "Rich": AudienceShape(name="Rich", parts=frozenset({"Gold"})),
    },
)


def codes(text, name="New"):
    return [problem.code for problem in problems_of(name, text, WORLD)]


@pytest.mark.parametrize(
    ("operator", "rule"),
    [
        ("union", 'inAudience("A") or inAudience("B \\"x\\"") or inAudience("C")'),
        ("intersection", 'inAudience("A") and inAudience("B \\"x\\"") and inAudience("C")'),
        ("exclusion", 'inAudience("A") and not inAudience("B \\"x\\"") and not inAudience("C")'),
    ],
)
def test_a_composition_is_a_rule_about_its_parts(operator, rule):
    written = rule_of({"operator": operator, "audiences": ["A", 'B "x"', "C"]})

    assert written == rule
    assert audiences_in(written) == {"A", 'B "x"', "C"}


@pytest.mark.parametrize(
    "composition",
    [
        {},
        {"operator": "sum", "audiences": ["A", "B"]},
        {"operator": "union", "audiences": ["A"]},
        {"operator": "union", "audiences": ["A", "A"]},
        {"operator": "union", "audiences": ["A", 1]},
        {"operator": "union", "audiences": [str(number) for number in range(21)]},
    ],
)
def test_what_is_no_composition_is_refused(composition):
    with pytest.raises(ValueError, match="composition"):
        rule_of(composition)


def test_a_rule_reads_attributes_events_audiences_and_the_clock():
    text = (
        '#{Profile.attributes.city} == "Bern" and not inAudience("Gold") and '
        "count(#{Profile.events.Order.all(inLastDays(currentDataPackField.timestamp, 7))}) >= 2"
    )
    checked = check_rule(text, WORLD)
    reads = reads_of(checked)

    assert checked.problems == ()
    assert (reads.attributes, reads.events, reads.audiences, reads.clock) == ({"city"}, {"Order"}, {"Gold"}, True)


def test_a_rule_that_no_time_changes_does_not_read_the_clock():
    assert not reads_of(check_rule('#{Profile.attributes.age} > 17 and inAudience("Gold")', WORLD)).clock


def test_everything_in_the_way_of_a_rule_is_named():
    assert codes("#{Profile.attributes.age} > ") == ["ERR_EXPRESSION_SYNTAX"]
    assert codes('uuid() == "a"') == ["ERR_EXPRESSION_UNSUPPORTED"]
    assert codes("#{Profile.events.Nothing.all()} is null") == ["ERR_EXPRESSION_UNKNOWN_FIELD"]
    assert codes('inAudience("Golt")') == ["ERR_UNKNOWN_AUDIENCE"]
    assert codes('inAudience("New")') == ["ERR_AUDIENCE_CIRCLE"]
    assert codes('inAudience("Rich")', name="Gold") == ["ERR_AUDIENCE_CIRCLE"]
    assert codes('inAudience("Rich") or #{Profile.attributes.age} > 17') == []


def test_an_unknown_audience_is_asked_about():
    (problem,) = problems_of("New", 'inAudience("Golt")', WORLD)

    assert problem.hint == "Did you mean 'Gold'?"


def test_audiences_are_evaluated_after_those_they_read():
    assert in_order({"C": ["B", "A"], "B": ["A", "elsewhere"], "A": [], "X": ["Y"], "Y": ["X"]}) == [
        ["A"],
        ["B"],
        ["C"],
    ]
