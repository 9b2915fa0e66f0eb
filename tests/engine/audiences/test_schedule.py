"""The occurrences of a schedule: same wall clock through the year, last day of short months, nothing too early."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.activities.base import Reading
from engine.audiences.schedule import is_over, latest, next_after

PARIS = ZoneInfo("Europe/Paris")
OPENED = datetime(2026, 1, 10, 9, 30, tzinfo=UTC)


def reading(rhythm="daily", **more):
    return Reading(audience="A", namespace="userId", rate=500, rhythm=rhythm, **more)


def occurrences(read, zone, count, opened_at=OPENED):
    found, moment = [], opened_at - timedelta(microseconds=1)
    while len(found) < count:
        next_one = next_after(read, zone, opened_at=opened_at, moment=moment)
        if next_one is None:
            break
        found.append(next_one)
        moment = next_one
    return found


def test_as_soon_as_possible_is_the_moment_of_publishing_and_then_it_is_over():
    read = reading("as_soon_as_possible")

    assert occurrences(read, PARIS, 3) == [OPENED]
    assert latest(read, PARIS, opened_at=OPENED, now=OPENED) == OPENED
    assert is_over(read, PARIS, opened_at=OPENED, now=OPENED)


def test_once_is_its_start_or_the_moment_of_publishing_if_that_is_later():
    later = OPENED + timedelta(days=3)

    assert occurrences(reading("once", starts_at=later), PARIS, 3) == [later]
    assert occurrences(reading("once", starts_at=OPENED - timedelta(days=3)), PARIS, 3) == [OPENED]
    assert latest(reading("once", starts_at=later), PARIS, opened_at=OPENED, now=OPENED) is None


def test_a_daily_schedule_keeps_its_hour_when_summer_time_begins():
    start = datetime(2026, 3, 28, 8, tzinfo=PARIS)

    found = occurrences(reading(starts_at=start), PARIS, 3)

    assert [at.astimezone(UTC).hour for at in found] == [7, 6, 6]
    assert [at.astimezone(PARIS).hour for at in found] == [8, 8, 8]


def test_an_hour_that_the_clock_skips_comes_later_by_the_gap():
    start = datetime(2026, 3, 28, 2, 30, tzinfo=PARIS)

    second = occurrences(reading(starts_at=start), PARIS, 2)[1]

    assert second.astimezone(PARIS).isoformat() == "2026-03-29T03:30:00+02:00"


def test_the_31st_of_a_short_month_is_its_last_day():
    start = datetime(2026, 1, 31, 12, tzinfo=PARIS)

    found = occurrences(reading("monthly", starts_at=start), PARIS, 4)

    assert [at.astimezone(PARIS).strftime("%m-%d") for at in found] == ["01-31", "02-28", "03-31", "04-30"]


def test_a_schedule_that_began_before_publishing_goes_on_with_its_next_occurrence():
    start = datetime(2026, 1, 1, 8, tzinfo=UTC)

    assert occurrences(reading("weekly", starts_at=start), UTC, 1) == [datetime(2026, 1, 15, 8, tzinfo=UTC)]
    assert latest(reading("weekly", starts_at=start), UTC, opened_at=OPENED, now=OPENED) is None


def test_after_the_last_repetition_it_is_over():
    until = OPENED + timedelta(days=2)
    read = reading(until=until)

    assert occurrences(read, UTC, 10) == [OPENED, OPENED + timedelta(days=1), until]
    assert not is_over(read, UTC, opened_at=OPENED, now=until - timedelta(seconds=1))
    assert is_over(read, UTC, opened_at=OPENED, now=until)


moments = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))
readings = st.builds(
    reading,
    st.sampled_from(["daily", "weekly", "monthly"]),
    every=st.integers(1, 20),
    starts_at=st.none() | moments,
    until=st.none() | moments,
)


@given(readings, moments, moments, st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Pacific/Apia"]))
def test_the_latest_and_the_next_leave_nothing_out_between_them(read, opened_at, now, zone):
    zone = ZoneInfo(zone)

    last = latest(read, zone, opened_at=opened_at, now=now)
    coming = next_after(read, zone, opened_at=opened_at, moment=now)

    assert last is None or opened_at <= last <= now
    assert coming is None or (coming > now and coming >= opened_at)
    if last is not None:
        assert next_after(read, zone, opened_at=opened_at, moment=last) == coming
        assert next_after(read, zone, opened_at=opened_at, moment=last - timedelta(microseconds=1)) == last


@pytest.mark.parametrize("every", [1, 2, 3])
def test_repetitions_are_so_many_apart(every):
    found = occurrences(reading(every=every), UTC, 5)

    assert {later - earlier for earlier, later in itertools.pairwise(found)} == {timedelta(days=every)}
