"""Streaming and batch agree: whatever people do, both say the same of who is in an audience."""

from datetime import timedelta
from random import Random

import pytest

from engine import clock, control, tasks
from engine.models import Audience, Identity, Membership

RULES = {
    "Young": "#{Profile.attributes.age} < 30",
    "Bern or unknown": '#{Profile.attributes.city} == "Bern" or #{Profile.attributes.city} is null',
    "Bought": "count(#{Profile.events.Order.all()}) > 0",
    "Bought twice this week": "count(#{Profile.events.Order.all(inLastDays(currentDataPackField.timestamp, 7))}) >= 2",
    "Spent": "sum(#{Profile.events.Order.all(currentDataPackField.properties.total > 5).properties.total}) > 20",
    "Cart and no order": "count(#{Profile.events.Cart.all()}) > count(#{Profile.events.Order.all()})",
    "Young buyers": 'inAudience("Young") and inAudience("Bought")',
    "Neither": 'not inAudience("Young buyers") and not inAudience("Spent")',
}
TYPES = {"age": "integer", "city": "string"}
TOTAL = {"properties": {"type": "object", "properties": {"total": {"type": "number"}}}}
PEOPLE = [f"u{number}" for number in range(6)]


def makes(shop, evaluation: str) -> None:
    """Each rule as an audience; those of batch under a name of their own, and reading one another's."""
    now = clock.now()
    for name, rule in RULES.items():
        if evaluation == "batch":
            for other in RULES:
                rule = rule.replace(f'inAudience("{other}")', f'inAudience("batch {other}")')
            name = f"batch {name}"
        Audience.objects.create(
            sandbox=shop.sandbox, name=name, kind="rule", evaluation=evaluation, rule=rule, types=TYPES,
            next_at=now if evaluation == "batch" else None, created_at=now, updated_at=now,
        )  # fmt: skip
    control.changed()


def members(evaluation: str) -> dict[str, set[int]]:
    found = {}
    for audience in Audience.objects.filter(evaluation=evaluation):
        inside = Membership.objects.filter(audience_id=audience.pk, is_member=True)
        found[audience.name.removeprefix("batch ")] = set(inside.values_list("profile_id", flat=True))
    return found


def does_something(shop, chance: Random) -> None:
    user = chance.choice(PEOPLE)
    match chance.randrange(7):
        case 0:
            shop.identifies(user, age=chance.choice([20, 40, "old", None]))
        case 1:
            shop.identifies(user, city=chance.choice(["Bern", "Rome", None]))
        case 2 | 3:
            shop.tracks("Order", user, total=chance.choice([3, 8, 15, "much"]))
        case 4:
            shop.tracks("Cart", user)
        case 5:
            shop.post("/v1/track", {"anonymousId": f"a-{user}", "event": chance.choice(["Order", "Cart"])})
        case 6:
            shop.post("/v1/identify", {"anonymousId": f"a-{user}", "userId": user, "traits": {}})


@pytest.mark.parametrize("seed", range(2))
def test_whatever_people_do_both_ways_say_the_same(shop, seed):
    for event in ("Order", "Cart"):
        shop.defines(event, schema={"type": "object", "properties": TOTAL})
    makes(shop, "streaming")
    makes(shop, "batch")
    chance = Random(seed)
    ever: set[str] = set()

    for round_ in range(3):
        with clock.travel(timedelta(hours=round_)):
            for _ in range(chance.randrange(2, 12)):
                does_something(shop, chance)
                if chance.random() < 0.5:
                    shop.runs()
            shop.runs()
            Audience.objects.filter(evaluation="batch").update(next_at=clock.now())
            tasks.evaluate_audiences()

            streaming = members("streaming")
            assert streaming == members("batch"), round_
            ever |= {name for name, inside in streaming.items() if inside}

    assert ever >= {"Bern or unknown", "Neither"}
    assert Identity.objects.exists()


def test_a_time_window_that_passes_takes_people_out_without_an_event(shop):
    shop.defines("Order", schema={"type": "object", "properties": TOTAL})
    makes(shop, "streaming")
    Audience.objects.filter(name="Bought twice this week").update(next_at=clock.now())
    shop.tracks("Order", "ana")
    shop.tracks("Order", "ana")
    shop.runs()
    assert len(members("streaming")["Bought twice this week"]) == 1

    with clock.travel(timedelta(days=7, minutes=2)):
        tasks.evaluate_audiences()

    assert members("streaming")["Bought twice this week"] == set()
