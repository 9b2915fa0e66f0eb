"""Read audience: which settings are refused, and what is left of them when they do not count."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from engine.activities.read_audience import ReadAudience

LEAST = {"audience": "Buyers", "namespace": "userId"}


def codes(**settings):
    return [(found.code, found.field) for found in ReadAudience(**LEAST, **settings).problems()]


@pytest.mark.parametrize("rate", [499, 20_001, 0])
def test_a_rate_out_of_bounds_is_refused(rate):
    with pytest.raises(ValidationError):
        ReadAudience(**LEAST, reading_rate=rate)


@pytest.mark.parametrize("rate", [500, 20_000])
def test_the_bounds_themselves_are_not(rate):
    assert ReadAudience(**LEAST, reading_rate=rate).reading().rate == rate


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"])
def test_a_year_that_no_calendar_reaches_is_refused(moment):
    with pytest.raises(ValidationError, match="year between"):
        ReadAudience(**LEAST, schedule="once", starts_at=moment)


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ({}, []),
        ({"schedule": "once"}, [("ERR_MISSING_SETTING", "starts_at")]),
        ({"schedule": "once", "starts_at": "2026-12-01T08:00:00Z"}, []),
        ({"schedule": "daily"}, []),
        (
            {"schedule": "daily", "starts_at": "2026-12-01T08:00:00Z", "repeats_until": "2026-11-01T08:00:00Z"},
            [("ERR_READ_UNTIL", "repeats_until")],
        ),
        ({"schedule": "daily", "wait_for_evaluation": "PT1H"}, []),
        ({"schedule": "daily", "wait_for_evaluation": "PT59M"}, [("ERR_READ_EVALUATION_WAIT", "wait_for_evaluation")]),
        ({"schedule": "daily", "wait_for_evaluation": "PT7H"}, [("ERR_READ_EVALUATION_WAIT", "wait_for_evaluation")]),
        ({"schedule": "weekly", "wait_for_evaluation": "PT7H"}, []),
    ],
)
def test_every_mistake_is_named_with_its_field(settings, wrong):
    assert codes(**settings) == wrong


def test_what_was_set_for_another_schedule_does_not_count():
    read = ReadAudience(
        **LEAST, schedule="as_soon_as_possible", starts_at="2026-12-01T08:00:00Z", every=3, incremental=True,
        force_reentrance=True, wait_for_evaluation="PT2H", repeats_until="2026-12-01T08:00:00Z",
    ).reading()  # fmt: skip

    assert (read.starts_at, read.every, read.until) == (None, 1, None)
    assert not read.incremental
    assert not read.force_reentrance
    assert read.wait_for_evaluation is None


def test_a_daily_schedule_keeps_everything():
    read = ReadAudience(**LEAST, schedule="daily", every=2, incremental=True, wait_for_evaluation="PT2H").reading()

    assert (read.every, read.incremental, read.wait_for_evaluation) == (2, True, timedelta(hours=2))
