"""A week laid out: which lives are in it, in which columns and lanes."""

from datetime import UTC, date, datetime

import pytest

from designer.models import Journey, Version
from designer.week import Bar, Life, bounds, laid_out, monday_of

MONDAY = date(2026, 3, 2)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


def life(starts: str, ends: str = "", name: str = "A") -> Life:
    version = Version(journey=Journey(name=name), major=1)
    return Life(version=version, starts_at=at(starts), ends_at=at(ends) if ends else None)


def shape(bar: Bar) -> tuple[str, int, int, int]:
    return bar.life.version.journey.name, bar.first, bar.last, bar.lane


@pytest.mark.parametrize(
    ("starts", "ends", "columns"),
    [
        ("01-10", "", (1, 7)),
        ("03-04T09:00", "", (3, 7)),
        ("02-20", "03-03T10:00", (1, 2)),
        ("03-03T23:00", "03-04T01:00", (2, 3)),
        ("02-20", "03-04", (1, 2)),  # what ends at midnight ends with the day before
        ("03-08T10:00", "03-09T10:00", (7, 7)),
        ("03-01T10:00", "03-02T00:00:01", (1, 1)),
    ],
)
def test_a_bar_goes_from_its_first_to_its_last_day_in_the_week(
    starts: str, ends: str, columns: tuple[int, int]
) -> None:
    (bar,) = laid_out([life(starts, ends)], MONDAY).bars

    assert (bar.first, bar.last) == columns
    assert bar.began_before == (at(starts) < at("03-02"))
    assert bar.goes_on == (not ends or at(ends) > at("03-09"))


@pytest.mark.parametrize(("starts", "ends"), [("03-09", ""), ("02-01", "03-02"), ("02-01", "03-01T12:00")])
def test_what_is_over_before_or_begins_after_is_not_in_it(starts: str, ends: str) -> None:
    assert laid_out([life(starts, ends)], MONDAY).is_empty


def test_each_bar_takes_the_first_lane_that_is_free_and_none_overlap() -> None:
    week = laid_out(
        [life("03-03", "03-05", "B"), life("02-01", "", "A"), life("03-05", "03-07", "C"), life("03-04", "", "D")],
        MONDAY,
    )

    assert [shape(bar) for bar in week.bars] == [("A", 1, 7, 1), ("B", 2, 3, 2), ("D", 3, 7, 3), ("C", 4, 5, 2)]
    assert week.lanes == 3


def test_what_begins_and_ends_on_one_day_stands_in_that_day() -> None:
    week = laid_out([life("03-04T09:00", "03-04T11:30"), life("03-04T08:00", "03-05", "B")], MONDAY)

    assert [len(day.short) for day in week.days] == [0, 0, 2, 0, 0, 0, 0]
    assert not week.bars
    assert not week.is_empty


def test_by_day_whatever_lives_all_week_is_not_repeated() -> None:
    week = laid_out([life("02-01", "", "A"), life("03-06", "", "B")], MONDAY)

    assert [bar.life.version.journey.name for bar in week.all_week] == ["A"]
    assert [[shape(bar)[0] for bar in day.bars] for day in week.days] == [[], [], [], [], ["B"], ["B"], ["B"]]


def test_what_lasted_no_time_at_all_is_there_too() -> None:
    assert len(laid_out([life("03-04T09:00", "03-04T09:00")], MONDAY).days[2].short) == 1


def test_a_week_begins_on_monday() -> None:
    assert monday_of(date(2026, 3, 8)) == MONDAY == monday_of(MONDAY)
    assert bounds(MONDAY) == (at("03-02"), at("03-09"))
