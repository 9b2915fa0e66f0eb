"""What Prometheus is told: what waits and since when, over everything, and only to whoever has the token."""

from datetime import timedelta

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from engine import clock
from engine.models import Delivery
from tests.cast import graph, node

TOKEN = {"Authorization": "Bearer opens-it"}


@pytest.fixture(autouse=True)
def token(settings):
    settings.METRICS_TOKEN = "opens-it"


def told():
    """Name and labels -> value."""
    answer = Client().get("/metrics", headers=TOKEN)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name.removeprefix("journeyopt_"), *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("setting", "headers"), [("opens-it", {}), ("opens-it", {"Authorization": "Bearer other"}), ("", TOKEN), ("", {})]
)
def test_without_the_token_nothing_is_told(settings, setting, headers):
    settings.METRICS_TOKEN = setting

    answer = Client().get("/metrics", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "metrics.no_token")


@pytest.mark.django_db
def test_where_nothing_happens_everything_is_zero():
    found = told()

    assert found["inbox_items",] == found["inbox_oldest_seconds",] == found["timers_overdue",] == 0
    assert set(found.values()) == {0}


def test_it_says_what_waits_and_since_when(shop):
    shop.defines("Order")
    shop.publishes(
        graph(
            [node("event-1", event="Order"), node("wait-1", duration="P1D"), node("email-1", subject="Hi", text="Hi")],
            "event-1 > wait-1",
            "wait-1 > email-1",
        )
    )
    shop.tracks("Order", "ana")
    shop.tracks("Order", "ben")
    with clock.travel(timedelta(minutes=2)):
        waiting = told()
    shop.runs()
    shop.tracks("Order", "ana")  # still inside
    shop.runs()
    refused = told()
    with clock.travel(timedelta(days=1, minutes=1)):
        late = told()
        shop.runs()
        mailed = told()

    assert waiting["inbox_items",] == 2
    assert 120 <= waiting["inbox_oldest_seconds",] < 180
    assert (refused["inbox_items",], refused["timers_overdue",]) == (0, 0)
    assert refused["stimuli_lately",] == 2
    assert refused["turns_lately",] >= 1
    assert all(refused["turn_seconds_lately", phase] > 0 for phase in ("claim", "load", "decide", "write", "commit"))
    assert refused["discards_lately", "reentranceNotAllowed"] == 1
    assert late["timers_overdue",] == 2
    assert 50 <= late["timers_late_seconds",] < 120
    assert mailed["timers_overdue",] == 0
    assert mailed["deliveries_open", "email", "queued"] == 2


def test_it_says_what_the_effect_ledger_counted(shop):
    shop.defines("Order")
    shop.publishes(
        graph([node("event-1", event="Order"), node("email-1", subject="Hi", text="Hi")], "event-1 > email-1")
    )
    for user in ("ana", "ben", "cleo"):
        shop.tracks("Order", user)
    shop.runs()
    first, second, _ = Delivery.objects.order_by("id")
    Delivery.objects.filter(shard=first.shard, id=first.id).update(outcomes_unknown=2)
    Delivery.objects.filter(shard=second.shard, id=second.id).update(outcomes_unknown=1, duplicates_prevented=1)

    found = told()

    assert (found["deliveries_outcome_unknown",], found["deliveries_duplicates_prevented",]) == (3, 1)
