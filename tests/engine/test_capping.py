"""When the periods of rule sets begin, and which cap stands in the way."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from engine.capping import RuleSet, beginnings, cap_reached

GENTLE = RuleSet(id=1, name="Gentle", entries={"day": 2, "month": 5}, at_once=1)


@pytest.mark.parametrize(
    ("now", "day", "week", "month"),
    [
        ("2026-11-25T23:59:59", "2026-11-25", "2026-11-23", "2026-11-01"),  # a Wednesday
        ("2026-11-30T00:00:00", "2026-11-30", "2026-11-30", "2026-11-01"),  # a Monday
        ("2026-11-01T12:00:00", "2026-11-01", "2026-10-26", "2026-11-01"),  # a Sunday: its week began last month
        ("2028-02-29T12:00:00", "2028-02-29", "2028-02-28", "2028-02-01"),
    ],
)
def test_days_weeks_and_months_begin_in_utc(now, day, week, month):
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)

    found = beginnings(moment.astimezone(timezone(timedelta(hours=9))))

    assert {period: f"{begun:%Y-%m-%d}" for period, begun in found.items()} == {
        "day": day, "week": week, "month": month,
    }  # fmt: skip
    assert all((begun.hour, begun.utcoffset()) == (0, timedelta(0)) for begun in found.values())


@pytest.mark.parametrize(
    ("entries", "others_inside", "rule"),
    [
        ({}, 0, None),
        ({"day": 1, "month": 4}, 0, None),
        ({"day": 2, "month": 4}, 0, "entries per day"),
        ({"day": 0, "month": 7}, 0, "entries per month"),  # the rule was made stricter meanwhile
        ({"day": 1, "week": 99}, 0, None),
        ({"day": 1}, 1, "journeys at once"),
    ],
)
def test_the_first_cap_that_stands_in_the_way_is_named(entries, others_inside, rule):
    reached = cap_reached(GENTLE, entries=entries, others_inside=others_inside)

    assert (reached and reached.rule) == rule
