"""Audiences in batch: twenty of them, over everybody, from nothing; then again, when little has changed."""

import os
import time
from collections.abc import Iterator

from journeyopt.capacity.invented import settle, sql
from tests.benchmarks.ground import empty
from tests.benchmarks.results import Row

FULL = 1_000_000  # people; AUDIENCES_PEOPLE asks for another number
USUALLY, QUICK = 200_000, 20_000
ATTRIBUTES = [
    '#{Profile.attributes.city} == "Bern"',
    '#{Profile.attributes.city} != "Rome" and #{Profile.attributes.age} >= 30',
    "#{Profile.attributes.age} < 25",
    "#{Profile.attributes.age} >= 65 and #{Profile.attributes.vip} == true",
    "#{Profile.attributes.vip} == true",
    '#{Profile.attributes.plan} == "gold" or #{Profile.attributes.age} > 80',
    '#{Profile.attributes.email} is not null and endWith(#{Profile.attributes.email}, "7@example.org")',
    'in(#{Profile.attributes.city}, ["Bern", "Oslo"])',
]
WITHIN = "inLastDays(currentDataPackField.timestamp, {})"
EVENTS = [
    f"count(#{{Profile.events.Order.all({WITHIN.format(30)})}}) >= 2",
    f"count(#{{Profile.events.Order.all({WITHIN.format(7)})}}) >= 1",
    f"count(#{{Profile.events.Order.all({WITHIN.format(90)})}}) == 0",
    f"sum(#{{Profile.events.Order.all({WITHIN.format(30)}).properties.total}}) > 100.0",
    f"sum(#{{Profile.events.Order.all({WITHIN.format(90)}).properties.total}}) > 300.0",
    f'count(#{{Profile.events.Order.all({WITHIN.format(30)})}}) >= 1 and #{{Profile.attributes.city}} == "Bern"',
    "count(#{Profile.events.Order.all(currentDataPackField.properties.total > 150.0)}) >= 1",
    f"max(#{{Profile.events.Order.all({WITHIN.format(60)}).properties.total}}) >= 190.0",
]
OTHERS = [
    'inAudience("A1") and inAudience("A9")',
    'inAudience("A2") or inAudience("A3") or inAudience("A5")',
    'inAudience("A9") and not inAudience("A12")',
    'inAudience("A17") and #{Profile.attributes.vip} == true',
]


def measure(*, quick: bool) -> Iterator[Row]:
    from engine.audiences.evaluating import evaluate
    from engine.models import AudienceRun

    count = QUICK if quick else int(os.environ.get("AUDIENCES_PEOPLE", USUALLY))
    ids = _scene(count)
    settle()
    for what in ("from nothing, everybody enters who is in", "the same again, nobody moves"):
        began = time.perf_counter()
        runs = evaluate(ids)
        seconds = time.perf_counter() - began
        assert {run.state for run in runs} == {AudienceRun.State.DONE}, [run.error for run in runs]
        yield Row(
            what=f"20 audiences (attributes, events in a period, each other) in batch: {what}",
            figure=f"{seconds:.1f} s, {count * len(ids) / seconds:,.0f} answers/s, "
            f"{sum(run.entered for run in runs):,} entered",
            budget="<= 20 s of 1,000,000",
            size=f"{count:,} people, {count * 2:,} events",
        )


def _scene(count: int) -> list[int]:
    """People with attributes, two events each over ninety days, and twenty audiences."""
    from engine.audiences.keeping import Wanted, keep
    from engine.models import EventDefinition

    sandbox = empty()
    sql("SELECT engine_make_month((now() - back * interval '1 month')::date) FROM generate_series(0, 3) AS back")
    sql(
        "INSERT INTO engine_profile (shard, id, sandbox_id, attributes, created_at, updated_at) "
        "SELECT id %% 64, id, %s, jsonb_build_object('email', 'u' || id || '@example.org', "
        "'city', (ARRAY['Bern', 'Rome', 'Oslo', 'Wien', 'Lyon'])[1 + id / 64 %% 5], 'age', 18 + id / 7 %% 70, "
        "'vip', id %% 11 = 0, 'plan', CASE WHEN id %% 9 = 0 THEN 'gold' ELSE 'free' END), day, day "
        "FROM generate_series(1, %s) AS id, LATERAL (SELECT now() - interval '1 day' AS day) AS yesterday",
        sandbox.pk, count,
    )  # fmt: skip
    sql(
        "INSERT INTO engine_event (shard, id, sandbox_id, profile_id, name, message_id, payload, outcomes, "
        "occurred_at, received_at) SELECT id %% %s %% 64, id, %s, id %% %s, 'Order', 'm' || id, "
        "jsonb_build_object('_id', 'm' || id, 'type', 'track', 'event', 'Order', 'timestamp', at, 'properties', "
        "jsonb_build_object('total', id / 3 %% 200)), "
        "'[{\"definition\": \"Order\"}]', at, at FROM generate_series(1, %s) AS id, "
        "LATERAL (SELECT now() - (id::bigint * 7919 %% 7776000) * interval '1 second' AS at) AS moment",
        count, sandbox.pk, count, count * 2,
    )  # fmt: skip
    EventDefinition.objects.create(
        sandbox=sandbox, name="Order", rule='@event{Order.event} == "Order"', namespace="userId",
        schema={"type": "object", "properties": {"properties": {"type": "object", "properties": {
            "total": {"type": "number"}}}}},
    )  # fmt: skip
    rules = [*ATTRIBUTES, *EVENTS, *OTHERS]
    return [
        keep(sandbox_id=sandbox.pk, wanted=Wanted(name=f"A{number}", rule=rule, every=None), by="bench").pk
        for number, rule in enumerate(rules, 1)
    ]
