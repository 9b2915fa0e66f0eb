"""A streaming audience knows how many are in it, also when nothing has it evaluated."""

from datetime import timedelta

from engine import tasks
from engine.audiences import sizes
from engine.models import Audience
from tests.readers import joins, makes_audience, makes_people


def test_whoever_entered_since_the_evaluation_is_counted_within_a_minute(shop):
    people = makes_people(shop, 5)
    streaming = makes_audience(shop, people[:2], evaluation="streaming")
    batch = makes_audience(shop, people[:2], "Batch")
    for audience in (streaming, batch):
        joins(audience, people[2:])

    tasks.evaluate_audiences()

    found = dict(Audience.objects.values_list("name", "size"))
    assert found == {"Buyers": 5, "Batch": 2}  # a batch audience has the size of its last evaluation


def test_counting_ends_when_its_time_is_over(shop):
    makes_audience(shop, makes_people(shop, 2), evaluation="streaming", size=0)

    assert sizes.refresh(timedelta(seconds=-1)) == 0
    assert (sizes.refresh(), sizes.refresh()) == (1, 0)
