"""How the engine is, now and before: what whoever runs it is told."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django_q.models import Schedule, Task

from engine import clock, operations_control, queue, tasks
from engine.models import Sample, Work
from engine.reporting.operations import take_sample
from engine.runtime import retention
from engine.runtime.worker import Worker
from tests.cast import graph, node

NOW = datetime(2026, 3, 10, 12, 30, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def worked(at: datetime, writer: int = 7, taken: int = 600, steps: int = 1_200) -> None:
    Work.objects.create(
        minute=at.replace(second=0, microsecond=0), writer=writer, turns=3, taken=taken, steps=steps,
        claim=1, load=1, decide=5, write=2, commit=1,
    )  # fmt: skip


def waits(shop) -> None:
    shop.defines("Order")
    shop.publishes(graph([node("event-1", event="Order"), node("wait-1", duration="P1D")], "event-1 > wait-1"))
    shop.tracks("Order", "ana")


def test_nobody_works_when_something_waits_and_no_engine_has_done_anything_for_two_minutes(shop):
    waits(shop)

    at_once = operations_control.operations(clock.now())
    with clock.travel(3 * MINUTE):
        nobody = operations_control.operations(clock.now())
        worked(clock.now() - MINUTE)
        behind = operations_control.operations(clock.now())
        shop.runs()
        done = operations_control.operations(clock.now())

    assert [found.nobody_works for found in (at_once, nobody, behind, done)] == [False, True, False, False]
    assert (nobody.waiting, nobody.vitals.inbox) == (1, 1)
    assert 180 <= nobody.vitals.inbox_age.total_seconds() < 240


def test_moments_that_nobody_comes_to_are_waited_for_too(shop):
    waits(shop)
    shop.runs()

    with clock.travel(timedelta(days=1) + 5 * MINUTE):
        found = operations_control.operations(clock.now())

    assert (found.nobody_works, found.waiting) == (True, 1)


def test_engines_are_known_by_their_connections_and_by_what_they_did(shop):
    worker = Worker(limit=100)
    before = operations_control.operations(clock.now()).processes["engine"]
    waits(shop)
    worker.run_until_idle()

    found = operations_control.operations(clock.now())
    worker._drop_connection()

    assert found.processes["engine"] == before + 1
    assert [(one.writer, one.taken, one.steps) for one in found.workers] == [(worker.writer, 1, 1)]


def test_messages_are_told_by_channel_and_state_with_their_delay(shop):
    shop.defines("Order")
    shop.publishes(graph([node("event-1", event="Order"), node("email-1", subject="Hi", text="Hi")],
                         "event-1 > email-1"))  # fmt: skip
    for user in ("ana", "ben", "cy"):
        shop.tracks("Order", user)
    shop.runs()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE engine_delivery SET state = 'sent', finished_at = created_at + interval '3 seconds' "
            "WHERE id = (SELECT min(id) FROM engine_delivery)"
        )

    with clock.travel(MINUTE):
        queued, sent = operations_control.operations(clock.now()).deliveries

    assert (queued.channel, queued.state, queued.count) == ("email", "queued", 2)
    assert 60 <= queued.delay.total_seconds() < 90
    assert (sent.state, sent.count, sent.delay) == ("sent", 1, timedelta(seconds=3))


def test_the_largest_tables_come_first_and_a_partitioned_one_is_one(shop):
    found = operations_control.operations(clock.now())

    sizes = [table.size for table in found.tables]
    assert sizes == sorted(sizes, reverse=True)
    assert found.database_size > sum(sizes) > 0
    assert not any("_y20" in table.name for table in found.tables)


@pytest.mark.django_db
def test_jobs_say_what_they_do_when_they_ran_and_what_went_wrong():
    tasks.schedule()
    Schedule.objects.update(next_run=NOW + MINUTE)
    Schedule.objects.filter(name="forget").update(next_run=NOW - 5 * MINUTE)

    def ran(ago: timedelta, success: bool, result: str = "") -> None:
        Task.objects.create(
            id=f"{ago}", name=f"{ago}", func="engine.tasks.forget", started=NOW - ago, success=success, result=result,
            stopped=NOW - ago + timedelta(seconds=2),
        )  # fmt: skip

    ran(timedelta(hours=30), success=False, result="old")
    ran(timedelta(hours=2), success=True)
    ran(timedelta(hours=1), success=False, result="Traceback\n  line\nValueError: no month")

    jobs = {job.name: job for job in queue.jobs(NOW)}

    failed, never = jobs["forget"], jobs["take_sample"]
    assert failed.what == "Drop what is older than it may be kept; how much that was."
    assert (failed.is_ok, failed.failures, failed.error) == (False, 1, "ValueError: no month")
    assert (failed.took, failed.is_late) == (timedelta(seconds=2), True)
    assert (never.last_at, never.is_ok, never.is_late) == (None, None, False)


def test_each_minute_is_noted_once_and_for_a_week(shop):
    waits(shop)
    with clock.travel(NOW - clock.now()):
        take_sample(clock.now())
        take_sample(clock.now())
        tasks.take_sample()
    Sample.objects.create(minute=NOW - timedelta(days=8), inbox=1, inbox_seconds=0, overdue=0, late_seconds=0,
                          deliveries=0, delivery_seconds=0, refused=0)  # fmt: skip

    gone = retention.forget(NOW)

    assert gone["engine_sample"] == 1
    assert [(sample.minute, sample.inbox) for sample in Sample.objects.all()] == [(NOW.replace(second=0), 1)]


def test_curves_have_every_minute_and_say_where_nothing_is_known(committed):
    def noted(ago: int, inbox: int) -> None:
        Sample.objects.create(minute=NOW.replace(second=0) - ago * MINUTE, inbox=inbox, inbox_seconds=2.5, overdue=0,
                              late_seconds=0, deliveries=0, delivery_seconds=0, refused=0)  # fmt: skip

    noted(1, 40)
    noted(2, 30)
    noted(4, 10)
    worked(NOW - MINUTE)
    worked(NOW - MINUTE, writer=8)

    found = operations_control.history(NOW, timedelta(hours=1))

    assert (found.width, len(found.at), found.at[-1]) == (MINUTE, 60, NOW.replace(second=0) - MINUTE)
    assert found.inbox[-4:] == [10, None, 30, 40]
    assert found.taken[-4:] == [0.0, None, 0.0, 20.0]
    assert found.steps[-1] == 40.0
    assert [found.phases[name][-1] for name in ("claim", "decide", "commit")] == [0.1, 0.5, 0.1]
    assert found.phases["claim"][-2] is None


def test_of_a_week_there_are_no_more_than_500_points_each_the_highest_of_its_minutes(committed):
    for back in range(1, 100):
        Sample.objects.create(minute=NOW.replace(second=0) - back * MINUTE, inbox=back, inbox_seconds=0, overdue=0,
                              late_seconds=0, deliveries=0, delivery_seconds=0, refused=0)  # fmt: skip

    found = operations_control.history(NOW, timedelta(days=9))

    known = [value for value in found.inbox if value is not None]
    assert len(found.at) <= 500
    assert found.width == 21 * MINUTE
    assert known == sorted(known, reverse=True)
    assert known[0] == 99
    assert found.at[-1] < NOW
