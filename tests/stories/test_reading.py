"""People of an audience enter a journey: so many a second, by a schedule, up to a cap, spread over branches."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from engine import clock, control
from engine.audiences import reading
from engine.models import Discard, Instance, Profile, ReadCount, ReadRun
from tests.cast import node
from tests.readers import joins, makes_audience, makes_people, reading_graph

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def run_is_read(shop, *, at=timedelta(0), seconds=1):
    """The job, then the engine second by second, from `at` on."""
    with clock.travel(at):
        reading.carry_on(clock.now())
        shop.runs()
    for second in range(1, seconds + 1):
        with clock.travel(at + second * SECOND):
            shop.runs()


def inside(version):
    return sorted(
        Instance.objects.filter(version_id=version, ended_at__isnull=True).values_list("profile_id", flat=True)
    )


def waiting(*more, lines=(), **settings):
    """A journey in which everybody who is read stays for a while."""
    return reading_graph(node("wait-1", duration="P60D"), *more, lines=("read-audience-1 > wait-1", *lines), **settings)


def test_everybody_in_the_audience_enters_and_who_has_no_identity_of_the_namespace_does_not(shop):
    people = makes_people(shop, 4)
    makes_audience(shop, people)
    version = shop.publishes(waiting())
    stranger = shop.publishes(waiting(namespace="Email"), journey=2)

    run_is_read(shop, seconds=2)

    assert inside(version) == people
    assert inside(stranger) == []
    assert set(Discard.objects.filter(version_id=stranger).values_list("code", flat=True)) == {
        "ERROR_INSTANCE_BAD_NAMESPACE"
    }
    fared = {run.version_id: run.pk for run in ReadRun.objects.all()}
    counts = {run: (one, other) for run, one, other in ReadCount.objects.values_list("run_id", "entered", "refused")}
    assert counts == {fared[version]: (4, 0), fared[stranger]: (0, 4)}


@pytest.mark.parametrize(
    ("incremental", "force", "stay", "second_time", "refused"),
    [
        (False, False, [0, 1], [0, 1, 2], 2),  # those inside are refused, and stay as they are
        (True, False, [0, 1], [0, 1, 2], 0),
        (False, True, [], [0, 1, 2], 0),
        (True, True, [], [2], 0),  # who was taken out is no newcomer
    ],
)
def test_the_second_time(shop, incremental, force, stay, second_time, refused):
    people = makes_people(shop, 3)
    audience = makes_audience(shop, people[:2])
    version = shop.publishes(waiting(schedule="daily", incremental=incremental, force_reentrance=force))
    run_is_read(shop)
    first = {one.profile_id: one.id for one in Instance.objects.all()}

    with clock.travel(DAY / 2):
        joins(audience, people[2:])
    run_is_read(shop, at=DAY)

    assert sorted(first) == people[:2]
    assert inside(version) == [people[index] for index in second_time]
    still = set(Instance.objects.filter(ended_at__isnull=True).values_list("id", flat=True)) & set(first.values())
    assert still == {first[people[index]] for index in stay}
    assert Discard.objects.filter(version_id=version).count() == refused


def ramp_up(limit):
    return reading_graph(
        node("profile-cap-1", limit=limit), node("wait-1", duration="P1D"), node("wait-2", duration="P1D"),
        lines=("read-audience-1 > profile-cap-1", "profile-cap-1.nominal > wait-1", "profile-cap-1.alternate > wait-2"),
        schedule="daily", reading_rate=500,
    )  # fmt: skip


def ways(version):
    found = Counter(Instance.objects.filter(version_id=version).values_list("port", flat=True))
    return found["nominal"], found["alternate"]


def test_deliveries_are_ramped_up_version_by_version(shop):
    makes_audience(shop, makes_people(shop, 10_000))
    first = shop.publishes(ramp_up(1_000))
    run_is_read(shop, seconds=21)
    after_one_day = ways(first)
    run_is_read(shop, at=DAY + timedelta(hours=1), seconds=21)  # those of yesterday have left
    after_two_days = ways(first)

    with clock.travel(3 * DAY):
        second = shop.publishes(ramp_up(2_000))
    run_is_read(shop, at=3 * DAY, seconds=21)

    assert after_one_day == (1_000, 9_000)
    assert Instance.objects.filter(version_id=first).count() == 20_000
    assert after_two_days[0] <= 1_000  # the cap counts on: nobody new goes the first way
    assert ways(second) == (2_000, 8_000)


def test_throughput_is_limited_by_splitting_and_waiting(shop):
    """10,000 people at 500 a second take 20 s; five branches wait 30, 60, ... s: each acts in a window of its own."""
    makes_audience(shop, makes_people(shop, 10_000))
    splits = [{"id": f"split-{k}", "share": 20} for k in range(1, 6)]
    waits = [node(f"wait-{k}", duration=f"PT{30 * k}S") for k in range(1, 6)]
    marks = [node(f"update-profile-{k}", fields=[{"field": "branch", "value": str(k)}]) for k in range(1, 6)]
    lines = ["read-audience-1 > percentage-split-1"]
    for k in range(1, 6):
        lines += [f"percentage-split-1.split-{k} > wait-{k}", f"wait-{k} > update-profile-{k}"]
    split = node("percentage-split-1", splits=splits)
    version = shop.publishes(reading_graph(split, *waits, *marks, lines=tuple(lines), reading_rate=500))

    run_is_read(shop, seconds=21)
    run = ReadRun.objects.get()
    entered = sorted(Instance.objects.values_list("entered_at", flat=True))
    for second in range(30, 174):
        with clock.travel(second * SECOND):
            shop.runs()

    assert len(entered) == 10_000
    assert 19 <= (entered[-1] - run.started_at).total_seconds() < 25
    assert inside(version) == []
    windows = {}
    for node_, moment in Instance.objects.values_list("node", "ended_at"):
        k = int(node_.rsplit("-", 1)[1])
        windows.setdefault(k, []).append((moment - run.started_at).total_seconds())
    for k, moments in windows.items():
        assert 30 * k <= min(moments)
        assert max(moments) < 30 * (k + 1)  # no branch meets the next
        assert 1_800 < len(moments) < 2_200


def test_a_pause_lets_those_go_on_who_were_read_and_nobody_else_comes(shop):
    makes_audience(shop, makes_people(shop, 2_000))
    version = shop.publishes(waiting(reading_rate=500))
    run_is_read(shop, seconds=1)

    with clock.travel(timedelta(seconds=1)):
        control.pause(version_id=version, mode="hold", now=clock.now())
    with clock.travel(timedelta(seconds=9)):
        control.resume(version_id=version, now=clock.now())
        reading.carry_on(clock.now())
        shop.runs()

    assert 400 < len(inside(version)) < 700
    assert (ReadRun.objects.get().state, ReadRun.objects.get().reason) == ("dropped", "paused")


def test_people_keep_the_attributes_that_they_were_read_with_until_a_wait(shop):
    people = makes_people(shop, 1)
    makes_audience(shop, people)
    same = "#{Profile.attributes.city} is null"
    version = shop.publishes(
        reading_graph(
            node("custom-action-1", url="http://127.0.0.1:9/", error_path=True),
            node("condition-1", paths=[{"id": "same", "condition": same}], other_cases=True),
            node("wait-1", duration="P1D"),
            lines=(
                "read-audience-1 > custom-action-1",
                "custom-action-1.error > condition-1",
                "condition-1.same > wait-1",
            ),
        )
    )
    run_is_read(shop)
    standing = Instance.objects.get(version_id=version)
    assert "city" not in standing.context["profile"]

    Profile.objects.filter(pk=people[0]).update(attributes={"city": "Rome"})
    answer = {
        "instance": standing.id,
        "node": "custom-action-1",
        "visit": standing.visit,
        "is_ok": False,
        "code": "500",
    }
    with connection.cursor() as cursor:  # as a courier tells it
        cursor.execute(
            "INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at) "
            "VALUES (%s, %s, %s, 'result', %s, now())",
            [standing.shard, shop.sandbox.pk, people[0], json.dumps({**answer, "code": "500", "elapsed_ms": 1})],
        )
    shop.runs()

    standing.refresh_from_db()
    assert (standing.node, standing.port) == ("condition-1", "same")
    assert "profile" not in standing.context
