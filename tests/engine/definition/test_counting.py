"""Rules that only count events in a window: answered together, they are answered as each is by itself."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import expressions
from engine.definition.audience import check_rule
from engine.definition.counting import Counting, counts_of
from engine.definition.world import EventShape, World
from engine.expressions import Facts

NOW = datetime(2026, 3, 29, 12, 30, 0, 250_000, tzinfo=UTC)
WORLD = World(
    profile_fields={"plan": "string", "days": "integer"},
    events={name: EventShape(name=name, json_schema={}) for name in ("Order", "Visit")},
)
ENTRY = "currentDataPackField"


def count(window: str, event: str = "Order", field: str = "timestamp") -> str:
    return f"count(#{{Profile.events.{event}.all({window.format(f'{ENTRY}.{field}')})}})"


RULES = [
    f"{count(window, event)} {least}"
    for event in ("Order", "Visit")
    for window in (
        "inLastDays({}, 0)", "inLastDays({}, 1)", "inLastDays({}, 30)", "inLastHours({}, 5)", "inLastMonths({}, 1)",
        "inLastYears({}, 2025)", "inLastYears({}, 2026)", "inLastDays({}, 9999999999)",
        "inNextDays({}, 0)", "inNextDays({}, 2)", "inNextMonths({}, 1)", "inNextYears({}, 9000)",
    )
    for least in (">= 0", ">= 1", "> 1", ">= 3")
]  # fmt: skip


def moments() -> st.SearchStrategy[object]:
    """Near the ends of the windows, and far away; in several offsets; some are none."""
    steps = [
        timedelta(),
        timedelta(hours=5),
        timedelta(days=1),
        timedelta(days=2),
        timedelta(days=28),
        timedelta(days=30),
    ]
    near = st.builds(
        lambda step, sign, more: NOW + sign * step + timedelta(microseconds=more),
        st.sampled_from(steps), st.sampled_from([1, -1]), st.sampled_from([-1, 0, 1]),
    )  # fmt: skip
    offsets = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-18))])
    texts = st.builds(lambda moment, offset: moment.astimezone(offset).isoformat(), near, offsets)
    far = ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+18:00", "9999-12-31T23:59:59.999999-18:00"]
    return texts | st.sampled_from([*far, "2026-03-29T12:30:00.25Z", "2026-03-29", "soon", "", None, 7, ["x"]])


CHECKED = [check_rule(rule, WORLD) for rule in RULES]
EACH = [expressions.compiled.compile_checked(checked, expressions.BOOLEAN) for checked in CHECKED]
EVENTS = st.dictionaries(
    st.sampled_from(["Order", "Visit"]), st.lists(st.builds(lambda at: {"timestamp": at}, moments()))
)


@given(EVENTS)
def test_together_as_each_by_itself(events):
    counts = {place: counts_of(checked) for place, checked in enumerate(CHECKED)}
    facts = Facts({}, {"Profile": {"attributes": {}, "events": events}}, {}, {}, {}, {}, {}, NOW)

    answers = Counting(counts).answers(events, NOW)

    assert answers == {place: EACH[place](facts) for place, one in counts.items() if one.event in events}


def test_a_later_turn_has_other_windows():
    counting = Counting({0: counts_of(check_rule(f"{count('inLastDays({}, 1)')} >= 1", WORLD))})
    events = {"Order": [{"timestamp": NOW.isoformat()}, {}]}

    assert counting.answers(events, NOW) == {0: True}
    assert counting.answers(events, NOW + timedelta(days=1)) == {0: True}
    assert counting.answers(events, NOW + timedelta(days=1, microseconds=1)) == {0: False}
    assert counting.answers(events, NOW - timedelta(microseconds=1)) == {0: False}


@pytest.mark.parametrize(
    "rule",
    [
        f"{count('inLastDays({}, 7)')} < 3",
        f"{count('inLastDays({}, 7)')} == 0",
        f"{count('inLastDays({}, #{{Profile.attributes.days}})')} >= 1",
        f"{count('inLastDays({}, 7)')} >= #{{Profile.attributes.days}}",
        f"{count('inLastDays({}, 7)')} >= 1.5",
        f"{count('inLastDays({}, 7) and ' + ENTRY + '.event != null')} >= 1",
        f"{count('not inLastDays({}, 7)')} >= 1",
        f"{count('inLastDays({}, 7)', field='properties.until')} >= 1",
        f'{count("inLastDays({}, 7)")} >= 1 and #{{Profile.attributes.plan}} == "gold"',
        f"{count('inLastDays({}, -1)')} >= 0",
        "count(#{Profile.events.Order.all()}) >= 1",
        "countWithNull(#{Profile.events.Order.all(inLastDays(currentDataPackField.timestamp, 7))}) >= 1",
        "inLastDays(#{Profile.events.Order.first().timestamp}, 7)",
        'inAudience("A")',
    ],
)
def test_what_says_more_or_something_else_is_asked_by_itself(rule):
    checked = check_rule(rule, WORLD)

    assert counts_of(checked) is None


def test_a_rule_with_a_mistake_counts_nothing():
    assert counts_of(check_rule("count(", WORLD)) is None
    assert counts_of(check_rule(f"{count('inLastDays({}, 7)', event='Nothing')} >= 1", WORLD)) is None
