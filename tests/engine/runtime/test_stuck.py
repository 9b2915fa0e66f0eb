"""Whoever nothing would move is found and helped on; of a system that works, nothing is said."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from engine import control, operations_control
from engine.clock import now, travel
from engine.models import Alert, Delivery, InboxItem, Instance, Profile, StepEvent
from engine.runtime import stuck
from engine.runtime.alerting import KEPT
from engine.runtime.turn import GONE
from engine.shards import SHARDS
from engine.store import connection as connections
from tests.cast import graph, node

MINUTE = timedelta(minutes=1)
AGO = "now() - interval '20 minutes'"


def sql(text: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, list(values))


def look() -> dict[str, int]:
    """Every shard is looked into."""
    return stuck.look(now(), shards=range(SHARDS))


def calls(shop, *people: str) -> int:
    """Each of them stands at a call, which is under way; on its error path, `failed` is set, else `called`."""
    shop.defines("Order")
    version = shop.publishes(
        graph(
            [
                node("event-1", event="Order"),
                node("custom-action-1", url="https://example.org", error_path=True),
                node("update-profile-1", fields=[{"field": "called", "value": "@action{custom_action_1.answer}"}]),
                node("update-profile-2", fields=[{"field": "failed", "value": "${lastExecutedActionErrorCode}"}]),
            ],
            "event-1 > custom-action-1",
            "custom-action-1.next > update-profile-1",
            "custom-action-1.error > update-profile-2",
        )
    )
    with shop.stays_open():
        for person in people:
            shop.tracks("Order", person)
    shop.runs()
    sql(f"UPDATE engine_instance SET moved_at = {AGO}")
    return version


def waits(shop, *people: str, duration: str = "P1D", **properties) -> int:
    shop.defines("Order")
    version = shop.publishes(
        graph([node("event-1", event="Order"), node("wait-1", duration=duration)], "event-1 > wait-1"), **properties
    )
    with shop.stays_open():
        for person in people:
            shop.tracks("Order", person)
    shop.runs()
    return version


def only_alert() -> Alert:
    return Alert.objects.get(resolved_at=None)


def test_a_result_that_was_lost_is_told_again_once_and_the_journey_goes_on(shop):
    calls(shop, "ana", "ben")
    answer = '{"answer": "yes"}'
    sql(f"UPDATE engine_delivery SET state = 'sent', finished_at = {AGO}, response = %s", answer)

    first, second = look(), look()
    shop.runs()

    assert first == {"results.lost": 2}
    assert second == {}
    assert [profile.attributes for profile in Profile.objects.all()] == [{"called": "yes"}] * 2
    assert not Instance.objects.filter(ended_at=None).exists()
    assert only_alert().message.startswith(
        "2 people waited for what came of a message or call, which was lost. It was told again."
    )
    assert only_alert().count == 2


def test_what_failed_and_was_lost_takes_the_error_path(shop):
    calls(shop, "ana")
    sql(f"UPDATE engine_delivery SET state = 'failed', error_code = '503', finished_at = {AGO}")

    look()
    shop.runs()

    assert Profile.objects.get().attributes == {"failed": "503"}


def test_a_result_that_waits_in_the_inbox_is_not_lost(shop):
    calls(shop, "ana")
    sql(f"UPDATE engine_delivery SET state = 'sent', finished_at = {AGO}")
    sql(
        "INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at) "
        "SELECT shard, sandbox_id, profile_id, 'result', '{}', now() FROM engine_instance"
    )

    assert look() == {}


def test_a_delivery_that_is_missing_is_not_made_anew_but_takes_the_error_path(shop):
    calls(shop, "ana", "ben")
    sql("DELETE FROM engine_delivery WHERE id = (SELECT min(id) FROM engine_delivery)")

    found = look()
    shop.runs()

    assert found == {"deliveries.missing": 1}
    assert {"failed": "error"} in [profile.attributes for profile in Profile.objects.all()]
    assert Delivery.objects.count() == 1
    assert Instance.objects.get(ended_at=None).node == "custom-action-1"


def test_of_people_who_were_merged_the_delivery_is_found_in_its_old_shard(shop):
    calls(shop, "ana")
    sql("UPDATE engine_profile SET shard = (id + 1) %% 64, id = id + 1")
    sql("UPDATE engine_instance SET shard = (profile_id + 1) %% 64, profile_id = profile_id + 1")
    sql("UPDATE engine_delivery SET profile_id = profile_id + 1")

    assert look() == {}
    sql(f"UPDATE engine_delivery SET state = 'sent', finished_at = {AGO}, response = %s", '{"answer": "yes"}')
    assert look() == {"results.lost": 1}


def test_a_delivery_that_was_put_off_for_ever_is_due_now(shop):
    calls(shop, "ana")
    sql("UPDATE engine_delivery SET due_at = now() + interval '30 years', state = 'sending'")

    first, second = look(), look()

    assert (first, second) == ({"deliveries.far": 1}, {})
    assert Delivery.objects.get().due_at < now() + timedelta(hours=1)


def test_whoever_is_inside_a_version_that_was_stopped_leaves_with_a_step(shop):
    version = waits(shop, "ana", "ben")
    control.stop(version_id=version, now=now() - timedelta(minutes=20))
    InboxItem.objects.all().delete()  # nobody hears of it

    first, second = look(), look()

    assert (first, second) == ({"people.left_behind": 2}, {})
    assert set(Instance.objects.values_list("state", flat=True)) == {"stopped"}
    assert StepEvent.objects.filter(details__instanceEnded=True).count() == 2
    assert shop.counts(version)["journey"]["active"] == 0


def test_whoever_is_inside_a_version_that_is_gone_leaves_too(shop):
    version = waits(shop, "ana")
    sql("DELETE FROM engine_definition WHERE version_id = %s", version)

    assert look() == {"people.left_behind": 1}
    assert Instance.objects.get().state == "stopped"


def test_whoever_is_about_to_be_told_to_leave_is_left_to_the_engine(shop):
    version = waits(shop, "ana")
    control.stop(version_id=version, now=now() - timedelta(minutes=20))

    assert look() == {}


@pytest.mark.parametrize(
    "harm",
    [
        "wake_at = expires_at",
        "wake_at = now() + interval '1 minute'",
        "wake_at = 'infinity'",
        'timers = \'{"wait-1": "2020-01-01T00:00:00+00:00"}\'',
    ],
)
def test_a_moment_that_is_not_that_of_the_first_timer_is_put_right(shop, harm):
    waits(shop, "ana", "ben")
    sql(f"UPDATE engine_instance SET {harm} WHERE id = (SELECT min(id) FROM engine_instance)")

    first, second = look(), look()
    with travel(timedelta(days=1, minutes=1)):
        shop.runs()

    assert (first, second) == ({"people.wrong_moment": 1}, {})
    assert set(Instance.objects.values_list("state", flat=True)) == {"completed"}


def test_a_timer_that_cannot_be_read_is_looked_at_at_once_and_ends_in_error(shop):
    waits(shop, "ana")
    sql('UPDATE engine_instance SET timers = \'{"wait-1": "no moment"}\'')

    first = look()
    shop.worker.run_until_idle(most_turns=50)

    assert first == {"people.wrong_moment": 1}
    assert Instance.objects.get().state == "error"


def test_whoever_waits_where_nothing_can_come_leaves_in_error(shop):
    version = waits(shop, "ana", "ben")
    harm = "timers = NULL, wake_at = expires_at"
    sql(f"UPDATE engine_instance SET {harm} WHERE id = (SELECT min(id) FROM engine_instance)")

    first, second = look(), look()

    assert (first, second) == ({"people.nowhere": 1}, {})
    assert list(Instance.objects.order_by("id").values_list("state", flat=True)) == ["error", "active"]
    assert shop.counts(version)["journey"] == {"entered": 2, "active": 1, "ended": 1, "error": 1, "discarded": 0}


def test_whoever_is_held_though_nothing_is_paused_goes_on(shop):
    calls(shop, "ana", "ben")
    sql("UPDATE engine_instance SET state = 'held' WHERE id = (SELECT min(id) FROM engine_instance)")
    sql("DELETE FROM engine_delivery WHERE instance_id = (SELECT min(id) FROM engine_instance)")

    first, second = look(), look()
    shop.runs()

    assert (first, second) == ({"people.held": 1}, {})
    assert Instance.objects.filter(state="held").count() == 0
    assert Delivery.objects.count() == 2


def test_whoever_is_held_in_a_paused_version_stays_held(shop):
    version = waits(shop, "ana", duration="PT1M")
    control.pause(version_id=version, mode="hold", now=now())
    sql(
        f"UPDATE engine_instance SET state = 'held', port = NULL, timers = NULL, wake_at = expires_at, moved_at = {AGO}"
    )

    assert look() == {}


def test_who_is_late_is_told_and_no_more_when_they_have_been_dealt_with(shop):
    waits(shop, "ana", "ben")
    with travel(timedelta(days=1, minutes=11)):
        late = stuck.look(now())
        told = only_alert()
        shop.runs()
        over = stuck.look(now())

    assert (late, over) == ({"people.late": 2}, {})
    assert told.message == "2 people should have gone on more than 10 minutes ago; the engine has not come to that."
    assert not Alert.objects.filter(resolved_at=None).exists()
    assert set(Instance.objects.values_list("state", flat=True)) == {"completed"}


def test_deliveries_that_nobody_makes_are_told(shop):
    calls(shop, "ana")
    with travel(11 * MINUTE):
        assert stuck.look(now()) == {"deliveries.late": 1}

    assert Delivery.objects.get().state == "queued"


def test_a_version_that_cannot_be_read_is_told(shop):
    version = waits(shop, "ana")
    stuck._plans._plans.pop(version, None)
    sql("ALTER TABLE engine_definition DISABLE TRIGGER USER")
    sql("UPDATE engine_definition SET graph = '{\"nodes\": 7}' WHERE version_id = %s", version)
    sql("ALTER TABLE engine_definition ENABLE TRIGGER USER")

    assert stuck.look(now()) == {"version.unreadable": 1}
    assert only_alert().message.startswith(f"Version {version}.0 cannot be read")


def test_of_a_system_that_works_nothing_is_said(shop):
    shop.defines("Order")
    shop.defines("Cart")
    steps = [
        node("event-1", event="Order"),
        node("event-2", event="Cart", timeout="PT2H", timeout_path=True),
        node("event-3", event="Cart"),
        node("custom-action-1", url="https://example.org"),
        node("wait-1", duration="P2D"),
    ]
    shop.publishes(graph(steps[:2] + steps[3:], "event-1 > event-2", "event-2 > custom-action-1",
                         "event-2.timeout > wait-1"))  # fmt: skip
    listening = shop.publishes(graph([steps[0], steps[2]], "event-1 > event-3"), journey=2)
    held = shop.publishes(graph([steps[0], steps[3]], "event-1 > custom-action-1"), journey=3)
    stopped = shop.publishes(graph([steps[0], steps[4]], "event-1 > wait-1"), journey=4)
    control.pause(version_id=held, mode="hold", now=now())
    with shop.stays_open():
        for number in range(20):
            shop.tracks("Order", f"u{number}")
    shop.runs()
    control.stop(version_id=stopped, now=now())
    for number in range(10):
        shop.tracks("Cart", f"u{number}")
    before = look()
    shop.runs()
    with travel(timedelta(hours=2, minutes=1)):
        shop.runs()
        after = look()  # the calls have been due for two hours: nobody carries here

    assert before == {}
    assert set(after) == {"deliveries.late"}
    assert Instance.objects.filter(version_id=listening, ended_at=None).count() == 10
    assert not Alert.objects.exclude(code="deliveries.late").exists()


def test_whoever_is_due_and_has_no_profile_any_more_leaves_in_error(shop):
    version = waits(shop, "ana", "ben")
    sql("DELETE FROM engine_profile WHERE id = (SELECT min(id) FROM engine_profile)")
    with travel(timedelta(days=1, minutes=1)):
        shop.worker.run_until_idle(most_turns=50)

    assert list(Instance.objects.order_by("profile_id").values_list("state", flat=True)) == ["error", "completed"]
    assert StepEvent.objects.get(details__error=GONE.reason).status == "error"
    assert shop.counts(version)["journey"]["active"] == 0


def test_nobody_is_mended_without_its_being_told(shop):
    """As if the job died between the two: what it had mended is as it was, and the next one does both."""
    waits(shop, "ana")
    sql("UPDATE engine_instance SET wake_at = expires_at")
    sql("ALTER TABLE engine_alert ADD CONSTRAINT nothing_is_told CHECK (false) NOT VALID")
    try:
        with pytest.raises(psycopg.errors.CheckViolation):
            look()
    finally:
        sql("ALTER TABLE engine_alert DROP CONSTRAINT nothing_is_told")

    assert look() == {"people.wrong_moment": 1}
    assert only_alert().count == 1


@contextmanager
def shards_held() -> Iterator[None]:
    other: psycopg.Connection = connections.connect()
    other.execute("SELECT id FROM engine_shard FOR UPDATE")
    try:
        yield
    finally:
        other.close()


def test_nobody_is_mended_while_a_turn_holds_their_shard(shop, monkeypatch):
    monkeypatch.setattr(stuck, "LOCK_WAIT", "20ms")
    waits(shop, "ana")
    sql("UPDATE engine_instance SET wake_at = expires_at")

    with shards_held():
        during = look()
    after = look()

    assert (during, after) == ({}, {"people.wrong_moment": 1})


def test_an_alert_is_counted_dismissed_and_comes_back_when_more_comes_of_it(shop):
    def breaks() -> None:
        sql("UPDATE engine_instance SET wake_at = expires_at")
        look()

    waits(shop, "ana")
    breaks()
    breaks()
    (told,) = operations_control.alerts(sandbox_id=shop.sandbox.pk, journey_id=1)
    other = operations_control.dismiss_alert(sandbox_id=shop.sandbox.pk + 1, alert_id=told.pk, by="eve", now=now())
    dismissed = operations_control.dismiss_alert(sandbox_id=shop.sandbox.pk, alert_id=told.pk, by="ana", now=now())
    again = operations_control.dismiss_alert(sandbox_id=shop.sandbox.pk, alert_id=told.pk, by="ana", now=now())
    quiet = operations_control.alerts(sandbox_id=shop.sandbox.pk)
    breaks()

    assert (told.count, other, dismissed, again, quiet) == (2, False, True, False, [])
    assert operations_control.alerted(sandbox_id=shop.sandbox.pk, journey_ids=[1, 2]) == {1: 1}


def test_what_goes_on_stays_dismissed_while_it_lasts(shop):
    waits(shop, "ana")
    with travel(timedelta(days=1, minutes=11)):
        stuck.look(now())
        told = only_alert()
        operations_control.dismiss_alert(sandbox_id=shop.sandbox.pk, alert_id=told.pk, by="ana", now=now())
        stuck.look(now())

    assert operations_control.alerts(sandbox_id=shop.sandbox.pk) == []
    assert only_alert().dismissed_by == "ana"


def test_what_was_mended_is_no_news_after_a_week(shop):
    waits(shop, "ana", duration="P20D")
    sql("UPDATE engine_instance SET wake_at = expires_at")
    look()

    stuck.look(now() + KEPT + timedelta(hours=1))

    assert not Alert.objects.filter(resolved_at=None).exists()


def test_in_so_many_minutes_every_shard_is_looked_into(shop):
    waits(shop, *(f"u{number}" for number in range(64)), duration="P20D")
    sql("UPDATE engine_instance SET wake_at = expires_at")

    found = [stuck.look(now() + minute * MINUTE) for minute in range(stuck.ROUNDS)]

    assert sum(each["people.wrong_moment"] for each in found) == 64
    assert Alert.objects.get().count == 64


def test_many_are_mended_in_small_parts(shop, monkeypatch):
    monkeypatch.setattr(stuck, "AT_ONCE", 2)
    calls(shop, *(f"u{number}" for number in range(7)))
    sql(f"UPDATE engine_delivery SET state = 'sent', finished_at = {AGO}")
    sql("UPDATE engine_profile SET id = 64 * id, shard = 0")
    sql("UPDATE engine_instance SET profile_id = 64 * profile_id, shard = 0")
    sql("UPDATE engine_delivery SET profile_id = 64 * profile_id, shard = 0")

    assert stuck.look(now(), shards=[0]) == {"results.lost": 7}
    assert stuck.look(now(), shards=[0]) == {}
    assert InboxItem.objects.count() == 7
