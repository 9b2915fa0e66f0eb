"""What is kept, what is forgotten, and that the sums of counters survive their roll-up."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django_q.models import Schedule

from designer import tasks as designer_tasks
from engine import clock, tasks
from engine.models import CaughtMail, Counter, Event, Instance, ReadCount, ReadRun, StepEvent
from engine.reporting.counts import counts
from engine.runtime import retention
from engine.store import connection as connections
from tests.cast import graph, node

NOW = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)


def partitions(table):
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [table])
        return sorted(name for (name,) in cursor.fetchall())


def test_the_months_ahead_have_their_partitions_however_often_it_is_asked(committed):
    for _ in range(2):
        retention.make_months(datetime(2031, 11, 30, tzinfo=UTC))

    for table in retention.PARTITIONED:
        assert {f"{table}_y2031m11", f"{table}_y2031m12", f"{table}_y2032m01"} <= set(partitions(table))


def test_months_that_are_over_are_dropped_whole_and_no_other(committed):
    retention.make_months(datetime(2024, 12, 1, tzinfo=UTC))

    retention.forget(datetime(2026, 2, 3, tzinfo=UTC))  # thirteen months: January 2025 stays

    left = partitions("engine_event")
    assert "engine_event_y2024m12" not in left
    assert {"engine_event_y2025m01", "engine_event_y2025m02", "engine_event_default"} <= set(left)


def an_event_came(at):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO engine_event VALUES (0, 1, 1, 64, 'Order', '', '{}', '{}', %s, %s)",
            [at, at],
        )


def test_a_month_that_began_without_partitions_keeps_its_history_until_it_is_over(committed):
    an_event_came(datetime(2033, 1, 7, tzinfo=UTC))

    retention.make_months(datetime(2033, 1, 8, tzinfo=UTC))
    kept = retention.forget(datetime(2034, 2, 8, tzinfo=UTC))["engine_event_default"]
    gone = retention.forget(datetime(2034, 3, 1, tzinfo=UTC))["engine_event_default"]

    assert {"engine_event_y2033m02", "engine_event_y2033m03"} <= set(partitions("engine_event"))
    assert "engine_event_y2033m01" not in partitions("engine_event")
    assert (kept, gone) == (0, 1)


def test_whoever_reads_history_for_long_holds_up_nobody_but_the_month_that_is_to_go(committed, monkeypatch):
    monkeypatch.setattr(retention, "PATIENCE", "50ms")
    monkeypatch.setattr(retention, "PAUSE", 0.01)
    retention.make_months(datetime(2024, 12, 1, tzinfo=UTC))
    now = datetime(2026, 2, 3, tzinfo=UTC)

    with connections.connect(name="reader") as reader:
        reader.execute("SELECT count(*) FROM engine_event").fetchone()
        during = retention.forget(now)
        retention.make_months(now)
        retention.make_months(datetime(2036, 1, 1, tzinfo=UTC))
        held = partitions("engine_event")
        an_event_came(now)
    retention.make_months(datetime(2036, 1, 1, tzinfo=UTC))
    after = retention.forget(now)

    assert (during["engine_event"], during["engine_step"]) == (0, 1)
    assert "engine_event_y2024m12" in held
    assert "engine_event_y2036m01" not in held
    assert after["engine_event"] == 1
    assert "engine_event_y2036m01" in partitions("engine_event")


def test_a_person_who_left_long_ago_is_forgotten_and_one_inside_is_not(shop):
    shop.defines("Signup")
    shop.publishes(graph([node("event-1", event="Signup")]))
    shop.publishes(
        graph([node("event-1", event="Signup"), node("wait-1", duration="P80D")], "event-1 > wait-1"), journey=2
    )
    shop.tracks("Signup", "ana")
    shop.runs()

    gone = retention.forget(clock.now() + timedelta(days=800))

    assert gone["engine_instance_over"] == 1
    assert gone["engine_seen_message"] == 1
    assert [(run.journey_id, run.state) for run in Instance.objects.all()] == [(2, "active")]


def test_what_was_done_a_moment_ago_is_not_forgotten(shop):
    retention.forget(clock.now())  # months that other tests made and left behind
    shop.defines("Signup")
    shop.publishes(graph([node("event-1", event="Signup")]))
    shop.tracks("Signup", "ana")
    shop.runs()
    CaughtMail.objects.create(received_at=clock.now(), message_id="<1@x>")

    gone = retention.forget(clock.now())

    assert not any(gone.values())
    assert (Event.objects.count(), StepEvent.objects.count(), CaughtMail.objects.count()) == (1, 1, 1)


def test_readings_are_forgotten_90_days_after_they_ended_but_the_last_of_each_version_stays(committed):
    def was_read(version, days_ago, **fields):
        at = NOW - timedelta(days=days_ago)
        run = ReadRun.objects.create(
            sandbox_id=1, journey_id=1, version_id=version, audience_name="Buyers", rate=500,
            **{"due_at": at, "finished_at": at, "state": "done", **fields},
        )  # fmt: skip
        ReadCount.objects.create(run_id=run.pk, writer=1, entered=1, refused=0)
        return run.pk

    was_read(1, 99)
    kept = [
        was_read(1, 98, due_at=NOW - timedelta(days=120), finished_at=NOW - timedelta(days=80)),
        was_read(1, 50),
        was_read(2, 200),
        was_read(3, 100, state="reading", finished_at=None),
        was_read(3, 1),
    ]

    gone = retention.forget(NOW)

    assert (gone["engine_readrun"], gone["engine_read_count"]) == (1, 1)
    assert sorted(ReadRun.objects.values_list("pk", flat=True)) == kept
    assert sorted(ReadCount.objects.values_list("run_id", flat=True)) == kept


def test_rolling_up_keeps_every_sum(committed):
    for minute in range(200):
        for writer in (7, 8):
            Counter.objects.create(
                version_id=1,
                node="",
                port="",
                metric="entered",
                minute=NOW - timedelta(minutes=minute),
                writer=writer,
                value=3,
            )

    with clock.travel(NOW - clock.now()):
        tasks.roll_up_counters()
        tasks.roll_up_counters()

    assert counts([1])[1]["journey"]["entered"] == 1200
    assert Counter.objects.count() < 200


@pytest.mark.django_db
def test_every_job_is_asked_for_once_and_is_something_that_can_be_called():
    tasks.schedule()
    designer_tasks.schedule()

    asked = list(Schedule.objects.values_list("func", flat=True))
    assert sorted(asked) == sorted(set(asked))
    assert set(asked) == {
        "designer.tasks.decide_experiments",
        "designer.tasks.finish_versions",
        "designer.tasks.resume_versions",
        "engine.tasks.count_held",
        "engine.tasks.evaluate_audiences",
        "engine.tasks.forget",
        "engine.tasks.help_on",
        "engine.tasks.import_lists",
        "engine.tasks.make_months",
        "engine.tasks.read_audiences",
        "engine.tasks.roll_up_counters",
        "engine.tasks.take_sample",
    }
    for path in asked:
        module, _, name = path.rpartition(".")
        getattr(__import__(module, fromlist=[name]), name)()
