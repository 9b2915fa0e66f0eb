"""An audience enters in waves: in parts, each at its time, and never two at once."""

from datetime import timedelta

import pytest

from engine import audience_control, clock, control
from engine.audiences import reading
from engine.models import Instance, Membership, ReadMember, ReadRun
from tests.readers import joins, makes_audience, makes_people
from tests.stories.test_reading import inside, run_is_read, waiting

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def sizes(*parts):
    return [{"size": part} for part in parts]


def entered_by(shop, hours, **how):
    """How many have entered after the job looked at each of these hours."""
    found = []
    for hour in hours:
        run_is_read(shop, at=hour * HOUR, seconds=3)
        with clock.travel(hour * HOUR + MINUTE):
            reading.carry_on(clock.now())
        found.append(Instance.objects.count())
    return found


@pytest.mark.parametrize(
    ("settings", "entered"),
    [
        ({"waves": "equal", "wave_count": 3}, [33, 66, 100, 100]),
        ({"waves": "percent", "wave_sizes": sizes(10, 30, 60)}, [10, 40, 100, 100]),
        ({"waves": "percent", "wave_sizes": sizes(10, 20)}, [10, 30, 30, 30]),  # the rest is never read
        ({"waves": "percent", "wave_sizes": sizes(80, 80, 80)}, [80, 100, 100, 100]),  # the last one is empty
        ({"waves": "people", "wave_sizes": sizes(5, 50)}, [5, 55, 55, 55]),
        ({"waves": "people", "wave_sizes": sizes(70, 70, 70)}, [70, 100, 100, 100]),
        ({"waves": "equal", "wave_count": 2, "wave_interval": "PT2H"}, [50, 50, 100, 100]),
    ],
)
def test_each_wave_brings_its_part_at_its_time(shop, settings, entered):
    makes_audience(shop, makes_people(shop, 100))
    version = shop.publishes(waiting(**settings))

    assert entered_by(shop, range(4)) == entered

    run = ReadRun.objects.get()
    assert (run.state, run.total, run.read) == ("done", 100, entered[-1])
    assert not ReadMember.objects.exists()
    assert len(inside(version)) == entered[-1]
    with clock.travel(5 * HOUR):
        assert audience_control.readings_over(clock.now()) == [version]


def test_a_wave_may_have_its_own_start(shop):
    makes_audience(shop, makes_people(shop, 10))
    starts = [{"starts_at": (clock.now() + hours * HOUR).isoformat()} for hours in (1, 2.5)]
    version = shop.publishes(waiting(waves="dates", wave_starts=starts))

    assert entered_by(shop, (0, 1.1, 2, 2.6)) == [0, 5, 5, 10]

    assert len(inside(version)) == 10


def test_a_wave_waits_until_the_one_before_is_through(shop):
    """3,000 people at 500 a second, and nobody works for an hour: the second wave begins after the first."""
    makes_audience(shop, makes_people(shop, 3_000))
    shop.publishes(waiting(waves="equal", wave_count=2, wave_interval="PT30M", reading_rate=500))
    run_is_read(shop)

    before = Instance.objects.count()
    with clock.travel(HOUR):
        reading.carry_on(clock.now())  # the second wave is due, and the first is still under way
    still = ReadRun.objects.get()
    run_is_read(shop, at=HOUR, seconds=6)
    with clock.travel(HOUR + MINUTE):
        reading.carry_on(clock.now())
    second = ReadRun.objects.get()
    run_is_read(shop, at=HOUR + MINUTE, seconds=6)

    assert 0 < before < 1_500
    assert (still.state, still.wave) == ("reading", 0)
    assert (second.state, second.wave, second.read) == ("reading", 1, 1_500)
    assert Instance.objects.count() == 3_000


def test_who_is_read_is_settled_at_the_first_wave(shop):
    people = makes_people(shop, 4)
    audience = makes_audience(shop, people[:3])
    version = shop.publishes(waiting(waves="equal", wave_count=3))
    entered_by(shop, [0])

    with clock.travel(HOUR / 2):
        joins(audience, people[3:])
        leaves(audience, people[2])
    entered_by(shop, [1, 2])

    assert inside(version) == people[:3]


def test_between_waves_a_run_takes_no_place_of_others(shop):
    makes_audience(shop, makes_people(shop, 4))
    for journey in range(reading.MOST_AT_ONCE):
        shop.publishes(waiting(waves="equal", wave_count=2, reading_rate=500), journey=journey + 1)
    run_is_read(shop, seconds=2)
    other = shop.publishes(waiting(), journey=99)
    run_is_read(shop, at=MINUTE, seconds=2)

    assert len(inside(other)) == 4


def test_a_pause_ends_the_waves_that_are_left(shop):
    makes_audience(shop, makes_people(shop, 4))
    version = shop.publishes(waiting(waves="equal", wave_count=2))
    entered_by(shop, [0])

    control.pause(version_id=version, mode="hold", now=clock.now())
    control.resume(version_id=version, now=clock.now())
    entered_by(shop, [1, 2])

    assert len(inside(version)) == 2
    assert (ReadRun.objects.get().state, ReadRun.objects.get().reason) == ("dropped", "paused")


def leaves(audience, person):
    Membership.objects.filter(audience_id=audience.pk, profile_id=person).update(is_member=False)
