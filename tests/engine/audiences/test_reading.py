"""Runs of read audiences: when they are made, who is gathered, what ends them."""

import json
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection

from engine import clock, control
from engine.audiences import reading
from engine.models import Audience, Definition, InboxItem, ReadMember, ReadRun
from tests.readers import joins, makes_audience, makes_people, reading_graph

DAY = timedelta(days=1)


def job():
    return reading.carry_on(clock.now())


def states():
    return list(ReadRun.objects.order_by("due_at", "id").values_list("state", "reason"))


def gathered(run=None):
    run = run or ReadRun.objects.order_by("-due_at").first()
    return sorted(ReadMember.objects.filter(run_id=run.pk).values_list("profile_id", flat=True))


def reads_whole(run=None):
    """The run is through, as if the engine had read everybody."""
    run = run or ReadRun.objects.get(state="reading")
    ReadMember.objects.filter(run_id=run.pk).delete()
    ReadRun.objects.filter(pk=run.pk).update(state="done", finished_at=clock.now(), read=run.total)


def test_as_soon_as_possible_everybody_in_the_audience_is_gathered_once(shop):
    people = makes_people(shop, 5)
    audience = makes_audience(shop, people[:3])
    version = shop.publishes(reading_graph())

    begun = [job(), job()]

    run = ReadRun.objects.get()
    assert begun == [1, 0]
    assert (run.version_id, run.state, run.total, run.audience_id) == (version, "reading", 3, audience.pk)
    assert gathered() == people[:3]


def test_two_jobs_at_once_make_one_run_and_gather_everybody_once(shop):
    people = makes_people(shop, 200)
    makes_audience(shop, people)
    shop.publishes(reading_graph())

    def work():
        job()
        connection.close()

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert states() == [("reading", "")]
    assert gathered() == people


def test_who_left_the_audience_or_was_merged_away_is_not_read(shop):
    stays, leaves, merged = makes_people(shop, 3)
    audience = makes_audience(shop, [stays, leaves, merged])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE engine_membership SET is_member = false WHERE profile_id = %s", [leaves])
        cursor.execute("UPDATE engine_profile SET merged_into = %s WHERE id = %s", [stays, merged])
    shop.publishes(reading_graph())

    job()

    assert gathered() == [stays]
    assert audience.pk == ReadRun.objects.get().audience_id


def test_once_is_read_at_its_time_and_not_before(shop):
    makes_audience(shop, makes_people(shop, 1))
    shop.publishes(reading_graph(schedule="once", starts_at=(clock.now() + timedelta(hours=2)).isoformat()))

    job()
    assert states() == []
    with clock.travel(timedelta(hours=2, minutes=1)):
        job()

    assert states() == [("reading", "")]


def test_a_daily_schedule_makes_a_run_every_day(shop):
    makes_audience(shop, makes_people(shop, 2))
    shop.publishes(reading_graph(schedule="daily"))

    for day in range(3):
        with clock.travel(day * DAY + timedelta(minutes=1)):
            job()
            reads_whole()

    assert states() == [("done", "")] * 3


def test_an_occurrence_in_a_pause_is_skipped_and_the_next_one_is_not(shop):
    makes_audience(shop, makes_people(shop, 2))
    version = shop.publishes(reading_graph(schedule="daily"))
    job()
    reads_whole()

    with clock.travel(DAY):
        control.pause(version_id=version, mode="hold", now=clock.now())
        job()
        control.resume(version_id=version, now=clock.now())
        job()
    with clock.travel(2 * DAY):
        job()

    assert states() == [("done", ""), ("skipped", "paused"), ("reading", "")]


@pytest.mark.parametrize(("ends", "reason"), [("pause", "paused"), ("stop", "ended"), ("close", "ended")])
def test_who_is_not_read_yet_never_is_when_the_version_is_paused_or_ended(shop, ends, reason):
    makes_audience(shop, makes_people(shop, 4))
    version = shop.publishes(reading_graph())
    job()

    mode = {"mode": "hold"} if ends == "pause" else {}
    getattr(control, ends)(version_id=version, now=clock.now(), **mode)
    job()

    assert states() == [("dropped", reason)]
    assert not ReadMember.objects.exists()


def test_newcomers_alone_are_read_after_the_first_time(shop):
    people = makes_people(shop, 5)
    audience = makes_audience(shop, people[:3])
    shop.publishes(reading_graph(schedule="daily", incremental=True))
    job()
    first = gathered()
    reads_whole()

    with clock.travel(DAY - timedelta(hours=1)):
        joins(audience, people[3:4])
    with clock.travel(DAY):
        job()

    assert first == people[:3]
    assert gathered() == people[3:4]


def test_a_new_version_goes_on_with_newcomers_from_where_the_old_one_was(shop):
    people = makes_people(shop, 2)
    audience = makes_audience(shop, people[:1])
    shop.publishes(reading_graph(schedule="daily", incremental=True))
    job()
    reads_whole()

    with clock.travel(timedelta(hours=1)):
        joins(audience, people[1:])
        shop.publishes(reading_graph(schedule="daily", incremental=True))
        job()

    assert gathered() == people[1:]


def test_a_change_that_is_under_way_is_in_this_run_or_in_the_next(shop):
    early, late = makes_people(shop, 2)
    audience = makes_audience(shop, [early])
    shop.publishes(reading_graph(schedule="daily", incremental=True))
    job()
    first = gathered()
    reads_whole()

    joins(audience, [late], at=ReadRun.objects.get().snapshot_at + timedelta(microseconds=1))
    with clock.travel(DAY):
        job()

    assert (first, gathered()) == ([early], [late])


def test_without_a_fresh_evaluation_the_day_is_skipped(shop):
    makes_audience(shop, makes_people(shop, 1))
    shop.publishes(reading_graph(schedule="daily", wait_for_evaluation="PT1H"))
    job()
    reads_whole()

    with clock.travel(DAY):
        job()
        waits = states()[-1]
    with clock.travel(DAY + timedelta(minutes=61)):
        job()

    assert waits == ("waiting", "")
    assert states() == [("done", ""), ("skipped", "no_evaluation")]


def test_a_fresh_evaluation_lets_the_run_begin_at_once(shop):
    makes_audience(shop, makes_people(shop, 1))
    shop.publishes(reading_graph(schedule="daily", wait_for_evaluation="PT1H"))
    job()
    reads_whole()

    with clock.travel(DAY + timedelta(minutes=5)):
        job()
        Audience.objects.update(evaluated_at=clock.now())
        job()

    assert states()[-1] == ("reading", "")


def test_everybody_inside_is_told_to_leave_before_anybody_is_read_anew(shop):
    shop.defines("Signup")
    inside = shop.publishes(
        {"nodes": [{"id": "event-1", "type": "event", "settings": {"event": "Signup"}},
                   {"id": "wait-1", "type": "wait", "settings": {"duration": "P30D"}}],
         "edges": [{"from": {"node": "event-1", "port": "next"}, "to": "wait-1"}], "ends": []}
    )  # fmt: skip
    shop.tracks("Signup", "ana")
    shop.runs()
    makes_audience(shop, makes_people(shop, 1))
    shop.publishes(reading_graph(schedule="daily", force_reentrance=True))

    job()

    told = InboxItem.objects.get(kind="control").payload
    assert told["leave"] == "forceReentrance"
    assert Definition.objects.get(version_id=inside).status == "closed"


def test_five_are_read_at_once_and_the_sixth_waits(shop):
    makes_audience(shop, makes_people(shop, 1))
    for journey in range(1, 7):
        shop.publishes(reading_graph(reading_rate=500), journey=journey)

    job()
    before = states()
    reads_whole(ReadRun.objects.filter(state="reading").first())
    job()

    assert sorted(before) == [("reading", "")] * 5 + [("waiting", "")]
    assert sorted(states()) == [("done", "")] + [("reading", "")] * 5


def test_the_rates_of_a_sandbox_come_to_no_more_than_twenty_thousand(shop):
    makes_audience(shop, makes_people(shop, 1))
    for journey in range(1, 4):
        shop.publishes(reading_graph(reading_rate=10_000), journey=journey)

    job()

    assert sorted(states()) == [("reading", ""), ("reading", ""), ("waiting", "")]


def test_an_audience_that_is_gone_fails_the_run(shop):
    makes_audience(shop, [])
    shop.publishes(reading_graph())
    Audience.objects.all().delete()

    job()

    assert states() == [("failed", "no_audience")]


def test_what_cannot_be_gathered_is_tried_again_every_ten_minutes_for_an_hour(shop):
    makes_audience(shop, makes_people(shop, 1))
    shop.publishes(reading_graph())
    with connection.cursor() as cursor:  # the database itself refuses
        cursor.execute("ALTER TABLE engine_read_member ADD CONSTRAINT refused CHECK (profile_id < 0) NOT VALID")
    try:
        job()
        first = ReadRun.objects.get()
        job()  # not yet
        assert ReadRun.objects.get().retries == first.retries == 1
        for minutes in range(11, 72, 10):
            with clock.travel(timedelta(minutes=minutes)):
                job()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE engine_read_member DROP CONSTRAINT refused")

    assert first.state == "waiting"
    assert states() == [("failed", "not_gathered")]


def test_a_run_that_could_not_begin_in_twelve_hours_is_given_up(shop):
    makes_audience(shop, makes_people(shop, 1))
    for journey in range(1, 7):
        shop.publishes(reading_graph(reading_rate=500), journey=journey)
    job()

    with clock.travel(timedelta(hours=12, minutes=1)):
        job()

    assert ("expired", "too_late") in states()


def test_who_died_while_gathering_is_followed_by_the_next_job(shop):
    people = makes_people(shop, 3)
    makes_audience(shop, people)
    shop.publishes(reading_graph())
    reading._make(*next(reading.reading_versions()), clock.now())
    ReadRun.objects.update(state="gathering")

    job()

    assert states() == [("reading", "")]
    assert gathered() == people


def test_a_journey_is_over_when_its_audience_has_been_read(shop):
    makes_audience(shop, makes_people(shop, 1))
    once = shop.publishes(reading_graph(), journey=1)
    daily = shop.publishes(reading_graph(schedule="daily"), journey=2)
    before = reading.readings_over(clock.now())
    job()
    while_reading = reading.readings_over(clock.now())
    for run in ReadRun.objects.all():
        reads_whole(run)

    on_the_way = {"run": 1, "version": once, "columns": None}
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at) "
            "VALUES (1, %s, 1, 'entry', %s, %s)",
            [shop.sandbox.pk, json.dumps(on_the_way), clock.now()],
        )
    while_somebody_is_on_the_way = reading.readings_over(clock.now())
    InboxItem.objects.all().delete()

    assert before == while_reading == while_somebody_is_on_the_way == []
    assert reading.readings_over(clock.now()) == [once]
    assert daily not in reading.readings_over(clock.now() + 300 * DAY)
