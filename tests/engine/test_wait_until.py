"""A wait until a moment of each person: read in the journey's time zone, past, missing, where clocks change."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from engine.definition.graph import Graph
from engine.definition.properties import Properties
from engine.definition.rules import problems_of
from engine.instance import EventArrived, Woke
from tests.cast import graph, node
from tests.engine.test_interpreter import NOON, ORDER, WORLD, Run

RENEWAL = "toDateTimeOnly(#{Profile.attributes.renewal})"


def until(text, **more):
    return graph([ORDER, node("wait-1", mode="custom", until=text)], "event-1 > wait-1", **more)


@pytest.mark.parametrize(
    ("local", "zone", "moment"),
    [
        ("2026-11-25T09:00", "UTC", datetime(2026, 11, 25, 9, tzinfo=UTC)),
        ("2026-11-25T09:00", "Europe/Paris", datetime(2026, 11, 25, 8, tzinfo=UTC)),
        ("2026-11-25T09:00", "-05:00", datetime(2026, 11, 25, 14, tzinfo=UTC)),
        ("2027-02-01", "Asia/Tokyo", datetime(2027, 1, 31, 15, tzinfo=UTC)),
    ],
)
def test_people_wait_until_their_moment_in_the_time_zone_of_the_journey(local, zone, moment):
    run = Run(until(RENEWAL), attributes={"renewal": local}, time_zone=zone)

    assert run.instance.wake_at == moment
    assert run.takes(Woke(), now=moment - timedelta(seconds=1)).is_taken is False
    run.takes(Woke(), now=moment)

    assert run.path == [("event-1", "next"), ("wait-1", "next")]
    assert run.instance.state == "completed"


@pytest.mark.parametrize(
    ("local", "moment"),
    [
        (
            "2026-03-29T02:30",
            datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        ),  # no such time: as much later as the clock jumps
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice: the earlier one
    ],
)
def test_a_time_that_the_clock_skips_or_shows_twice(local, moment):
    assert Properties(time_zone="Europe/Paris").at(datetime.fromisoformat(local), {}) == moment


def test_a_moment_that_is_past_lets_people_on_at_once():
    run = Run(until(RENEWAL), attributes={"renewal": "2026-01-01"})

    assert run.instance.wake_at <= NOON
    run.takes(Woke())

    assert run.instance.state == "completed"


@pytest.mark.parametrize("renewal", [None, "soon", "0001-01-01T00:00"])
def test_nobody_is_held_for_ever_for_want_of_a_moment(renewal):
    run = Run(until(RENEWAL), attributes={"renewal": renewal}, time_zone="Asia/Tokyo")

    assert run.instance.state == "error"
    step = run.effects.steps[-1]
    assert (step.node, step.status) == ("wait-1", "error")
    assert "no moment to wait until" in step.details["error"]


def test_a_moment_after_the_journey_is_over_is_not_waited_for():
    run = Run(until(RENEWAL), attributes={"renewal": "2027-11-25"})

    assert run.instance.state == "timed_out"


def test_beside_an_event_whichever_comes_first_goes_on():
    until_renewal = node("wait-1", mode="custom", until=RENEWAL)
    drawn = graph(
        [ORDER, node("event-2", event="Cart"), until_renewal, node("wait-2", duration="PT1H")],
        "event-1 > event-2", "event-1 > wait-1", "event-2 > wait-2",
    )  # fmt: skip
    run = Run(drawn, attributes={"renewal": "2026-11-30"})

    run.takes(EventArrived("Cart", {}))

    assert run.path == [("event-1", "next"), ("event-2", "next")]


@pytest.mark.parametrize(
    ("settings", "code", "field"),
    [
        ({"mode": "custom", "until": ""}, "ERR_EXPRESSION_SYNTAX", "until"),
        ({"mode": "custom", "until": "now()"}, "ERR_EXPRESSION_TYPE", "until"),
        ({"mode": "custom", "until": "toDateOnly(now())"}, "ERR_EXPRESSION_TYPE", "until"),
        ({"mode": "duration"}, "ERR_MISSING_SETTING", "duration"),
        ({"mode": "duration", "duration": "P91D"}, "ERR_SETTING", "duration"),
    ],
)
def test_a_wait_that_cannot_be_kept_is_a_problem_at_its_field(settings, code, field):
    drawn = graph([ORDER, {**node("wait-1"), "settings": settings}], "event-1 > wait-1")

    found = problems_of(Graph.model_validate(drawn), WORLD)

    assert (code, "wait-1", field) in [(one.code, one.node, one.field) for one in found]


def test_a_journey_is_in_a_time_zone_that_exists():
    with pytest.raises(ValidationError, match="no time zone"):
        Properties(time_zone="Europe/Atlantis")
