"""The activities that decide by the clock, by a cap, by chance or by a rule: the interpreter, without a database."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from engine import interpreter
from engine.activities import all_types
from engine.chance import fixed_chance
from engine.expressions import Facts
from engine.instance import ROOM, EventArrived
from tests.cast import graph
from tests.engine.test_interpreter import ORDER, plan_of

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday


def way(settings, now=NOON, attributes=None, profile_id=5, places=ROOM, kind=None, **properties):
    """The port by which a person leaves the step; None when the journey ends for them there."""
    step = {"id": "step-1", "type": kind, "label": "", "settings": settings, "position": {"x": 0, "y": 0}}
    plan = plan_of(graph([ORDER, step], "event-1 > step-1"), **properties)
    facts = Facts({}, {"Profile": {"attributes": attributes or {}}}, {}, {}, {}, {}, {}, now)
    _, effects = interpreter.enter(
        plan,
        id=11,
        profile_id=profile_id,
        key="ana",
        event=EventArrived("Order", {}),
        facts=facts,
        now=now,
        places=places,
    )
    return effects.steps[-1].port


# --- By the clock -------------------------------------------------------------------------------------------------

OFFICE = {"id": "office", "starts": "09:00", "ends": "17:30", "days": ["monday", "wednesday"]}
NIGHT = {"id": "night", "starts": "22:00", "ends": "06:00", "days": ["friday"]}


@pytest.mark.parametrize(
    ("now", "port"),
    [
        ("2026-11-25T09:00:00", "office"),
        ("2026-11-25T17:29:59", "office"),
        ("2026-11-25T08:59:59", "other"),
        ("2026-11-25T17:30:00", "other"),
        ("2026-11-26T12:00:00", "other"),  # a Thursday
        ("2026-11-27T23:00:00", "night"),  # a Friday
        ("2026-11-28T05:59:00", "night"),  # its night goes on
        ("2026-11-28T06:00:00", "other"),
        ("2026-11-28T23:00:00", "other"),  # a Saturday's does not begin
    ],
)
def test_people_go_by_the_hour_and_the_day(now, port):
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)

    assert way({"paths": [OFFICE, NIGHT]}, moment, kind="time-condition") == port


@pytest.mark.parametrize(
    ("properties", "attributes", "port"),
    [
        ({}, {}, "noon"),
        ({"time_zone": "Asia/Tokyo"}, {}, "other"),
        ({"time_zone": "Asia/Tokyo", "profile_time_zone": True}, {"timeZone": "UTC"}, "noon"),
        ({"time_zone": "Asia/Tokyo", "profile_time_zone": True}, {"timeZone": "Mars/Base"}, "other"),
        ({"time_zone": "Asia/Tokyo", "profile_time_zone": True}, {"timeZone": 7}, "other"),
        ({"time_zone": "Asia/Tokyo", "profile_time_zone": False}, {"timeZone": "UTC"}, "other"),
    ],
)
def test_the_clock_is_that_of_the_journey_or_of_the_person(properties, attributes, port):
    noon = {"paths": [{"id": "noon", "starts": "11:00", "ends": "13:00"}]}

    assert way(noon, attributes=attributes, kind="time-condition", **properties) == port


def test_the_whole_day_is_from_midnight_to_midnight_and_no_hour_is_no_while():
    day = {"paths": [{"id": "day", "starts": "00:00", "ends": "24:00"}]}

    assert way(day, datetime(2026, 11, 25, 23, 59, tzinfo=UTC), kind="time-condition") == "day"
    for starts, ends in (("09:00", "09:00"), ("25:00", "09:00"), ("9:00", "10:00")):
        with pytest.raises(ValidationError):
            all_types()["time-condition"].model_validate({"paths": [{"id": "a", "starts": starts, "ends": ends}]})


@pytest.mark.parametrize(
    ("period", "port"),
    [
        ({"first": "2026-11-25", "last": "2026-11-25"}, "a"),
        ({"first": "2026-11-26"}, "other"),
        ({"last": "2026-11-24"}, "other"),
        ({"last": "2026-11-25"}, "a"),
        ({"first": "2026-11-01", "last": "2026-12-31"}, "a"),
    ],
)
def test_people_go_by_the_date(period, port):
    assert way({"paths": [{"id": "a", **period}]}, kind="date-condition") == port


def test_today_is_today_in_the_time_zone_of_the_journey():
    tomorrow = {"paths": [{"id": "a", "first": "2026-11-26"}]}

    assert way(tomorrow, kind="date-condition", time_zone="Pacific/Kiritimati") == "a"


@pytest.mark.parametrize("period", [{}, {"first": "2026-12-01", "last": "2026-11-01"}, {"first": "soon"}])
def test_a_period_that_is_none_is_refused(period):
    with pytest.raises(ValidationError):
        all_types()["date-condition"].model_validate({"paths": [{"id": "a", **period}]})


def test_without_a_path_for_other_cases_the_journey_ends():
    nobody = {"paths": [{"id": "a", "last": "2020-01-01"}], "other_cases": False}

    assert way(nobody, kind="date-condition") is None


# --- By rule ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tier", "port"), [("gold", "gold"), ("silver", "any"), (None, "fallback")])
def test_people_go_along_the_first_rule_they_meet(tier, port):
    rules = {
        "rules": [
            {"id": "gold", "rule": '#{Profile.attributes.tier} == "gold"'},
            {"id": "any", "rule": "#{Profile.attributes.tier} is not null"},
        ]
    }

    assert way(rules, attributes={"tier": tier}, kind="targeting") == port


# --- By cap -------------------------------------------------------------------------------------------------------


class Room:
    def __init__(self, left):
        self.left = left

    def take(self, version_id, node_id, limit, /):
        self.left -= 1
        return self.left >= 0


def test_so_many_take_the_nominal_path_and_the_rest_the_other():
    room = Room(2)

    assert [way({"limit": 2}, places=room, kind="profile-cap") for _ in range(4)] == ["nominal", "nominal"] + [
        "alternate"
    ] * 2


# --- By chance ----------------------------------------------------------------------------------------------------

TREATMENTS = [{"id": "a", "share": 20}, {"id": "b", "share": 80}]


def test_a_treatment_is_kept_however_often_a_person_comes():
    drawn = {way({"treatments": TREATMENTS}, profile_id=7, kind="experiment") for _ in range(20)}

    assert len(drawn) == 1


@pytest.mark.parametrize(
    ("holdout", "shares"),
    [({}, {"a": 0.2, "b": 0.8}), ({"has_holdout": True, "holdout": 50}, {"a": 0.1, "b": 0.4, None: 0.5})],
)
def test_people_are_assigned_by_the_shares(holdout, shares):
    found = Counter(
        way({"treatments": TREATMENTS, **holdout}, profile_id=number, kind="experiment") for number in range(2_000)
    )

    assert {port: round(count / 2_000, 1) for port, count in found.items()} == shares


def test_experiments_assign_independently_of_each_other():
    def drawn(name, profile):
        return fixed_chance(7, name, profile) < 0.5

    both = Counter((drawn("experiment-1", number), drawn("experiment-2", number)) for number in range(2_000))

    assert all(400 < count < 600 for count in both.values())
    assert len(both) == 4
