"""A turn takes what came, in its order, and sees whatever was published before it came."""

from datetime import timedelta

from django.db import connection

from engine import clock
from engine.clock import travel
from engine.models import Discard, Event, Identity, InboxItem, Instance, Profile
from engine.runtime.loading import take_items
from engine.runtime.worker import Worker
from engine.store import connection as connections
from tests.cast import graph, node


def run_sql(text: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def test_an_event_finds_the_version_that_was_published_before_it_came(shop, monkeypatch):
    """The turn looks at the catalogue after it has taken its items, not before."""
    shop.defines("Cart")
    shop.tracks("Else", "ana")
    shop.runs()
    shop.tracks("Else", "ana")
    take = take_items

    def take_items_late(*arguments):
        shop.publishes(graph([node("event-1", event="Cart")]))
        shop.tracks("Cart", "ana")
        return take(*arguments)

    monkeypatch.setattr("engine.runtime.turn.take_items", take_items_late)
    shop.worker.run_once()

    assert Event.objects.get(name="Cart").outcomes[0]["did"] == "entered"


def test_a_timer_does_not_overtake_an_event_that_came_first_but_waits_further_back(shop):
    shop.defines("Cart")
    shop.defines("Order")
    drawn = graph(
        [node("event-1", event="Cart"), node("event-2", event="Order", timeout="PT1M", timeout_path=True)],
        "event-1 > event-2",
    )
    version = shop.publishes(drawn)
    shop.tracks("Cart", "ana")
    shop.runs()
    for _ in range(30):
        shop.tracks("Else", "ana")
    shop.tracks("Order", "ana")

    with travel(timedelta(minutes=2)):
        worker = Worker(limit=5)
        worker.run_until_idle()
        worker._drop_connection()

    assert shop.counts(version)["ports"] == {"event-1.next": 1, "event-2.next": 1}


def test_a_timer_that_was_due_first_wins_over_a_later_event(shop):
    shop.defines("Cart")
    shop.defines("Order")
    drawn = graph(
        [node("event-1", event="Cart"), node("event-2", event="Order", timeout="PT1M", timeout_path=True)],
        "event-1 > event-2",
    )
    version = shop.publishes(drawn)
    shop.tracks("Cart", "ana")
    shop.runs()
    with travel(timedelta(minutes=2)):
        shop.tracks("Order", "ana")
        shop.runs()

    assert shop.counts(version)["ports"] == {"event-1.next": 1, "event-2.timeout": 1}


def test_an_event_belongs_to_whom_its_key_names(shop):
    shop.defines("Review", namespace="Email", key_expression="@event{Review.properties.email}")
    version = shop.publishes(graph([node("event-1", event="Review")]))
    shop.post("/inlet", {
        "header": {}, "body": {"xdmEntity": {"identityMap": {"Email": [{"id": "ana@example.org"}]}}},
    })  # fmt: skip
    shop.runs()
    ana = Identity.objects.get(value="ana@example.org").profile_id

    shop.tracks("Review", "robot", email="ana@example.org")
    shop.runs()

    assert Instance.objects.get().profile_id == ana
    assert Instance.objects.get().key == "ana@example.org"
    assert shop.counts(version)["journey"]["entered"] == 1
    did = {
        event.profile_id: [outcome["did"] for outcome in event.outcomes]
        for event in Event.objects.filter(name="Review")
    }
    robot = Identity.objects.get(value="robot").profile_id
    assert did == {robot: ["forwarded"], ana: ["entered"]}


def test_a_key_that_cannot_be_computed_is_a_discard(shop):
    shop.defines("Review", key_expression="@event{Review.properties.email}")
    shop.publishes(graph([node("event-1", event="Review")]))
    shop.tracks("Review", "ana")
    shop.runs()

    assert Discard.objects.get().code == "EXTERNAL_KEY_COMPUTATION_ERROR"
    assert not Instance.objects.exists()


def test_items_of_an_erased_person_are_dropped_and_the_identity_is_free_again(shop):
    shop.tracks("Visit", "ana")
    run_sql("DELETE FROM engine_profile")  # what an erasure leaves when an event arrives in the same moment
    shop.runs()
    assert not InboxItem.objects.exists()
    assert not Identity.objects.exists()

    shop.tracks("Visit", "ana")
    shop.runs()
    assert Event.objects.get().profile_id == Profile.objects.get().id


def test_two_workers_share_the_work_and_nothing_is_done_twice(shop):
    shop.defines("Cart")
    version = shop.publishes(graph([node("event-1", event="Cart")]))
    shop.post("/v1/batch", {"batch": [{"type": "track", "userId": f"u{n}", "event": "Cart"} for n in range(300)]})
    other = Worker(limit=50)
    shop.worker.limit = 50
    taken = [0, 0]
    while InboxItem.objects.exists():
        for index, worker in enumerate((shop.worker, other)):
            taken[index] += worker.run_once().taken
    other._drop_connection()

    assert sum(taken) == 300
    assert min(taken) > 0
    assert shop.counts(version)["journey"] == {"entered": 300, "active": 0, "ended": 300, "error": 0, "discarded": 0}


def test_a_shard_that_another_worker_holds_is_left_to_it(shop):
    shop.tracks("Visit", "ana")
    with connections.connect() as held:
        held.execute("SELECT FROM engine_shard FOR UPDATE")
        assert shop.worker.run_once().is_idle
    assert shop.worker.run_once().taken == 1


def test_the_engine_has_nothing_to_say_about_an_event_nobody_defined(shop):
    shop.tracks("Visit", "ana")
    shop.runs()

    assert Event.objects.get().outcomes == []


def test_more_than_ten_events_at_once_are_too_many_for_an_action_under_way(shop):
    shop.defines("Cart")
    shop.defines("Order")
    drawn = graph(
        [
            node("event-1", event="Cart"),
            node("custom-action-1", url="http://127.0.0.1:9/"),
            node("event-2", event="Order"),
        ],
        "event-1 > custom-action-1",
        "custom-action-1 > event-2",
    )
    shop.publishes(drawn)
    shop.tracks("Cart", "ana")
    for _ in range(11):
        shop.tracks("Order", "ana")
    shop.runs()

    assert list(Discard.objects.values_list("code", flat=True)) == ["maxInstanceStackEventsReached"]
    assert len(Instance.objects.get().context["pending"]) == 10


def test_a_version_that_cannot_be_compiled_keeps_its_people_and_holds_up_nobody(shop):
    shop.defines("Cart")
    broken = shop.publishes(graph([node("event-1", event="Cart"), node("wait-1", duration="PT1M")], "event-1 > wait-1"))
    shop.tracks("Cart", "ana")
    shop.runs()
    run_sql("ALTER TABLE engine_definition DISABLE TRIGGER engine_definition_is_immutable")
    run_sql("UPDATE engine_definition SET graph = jsonb_set(graph, '{nodes,0,type}', '\"gone\"')")
    run_sql("ALTER TABLE engine_definition ENABLE TRIGGER engine_definition_is_immutable")
    fresh = Worker(limit=100)

    with travel(timedelta(minutes=5)):
        taken = fresh.run_until_idle(most_turns=20)
        instance = Instance.objects.get()
        assert taken == 1
        assert instance.state == "active"
        assert instance.wake_at > clock.now()
    fresh._drop_connection()
    assert shop.counts(broken)["journey"]["active"] == 1


def test_a_changed_event_definition_does_not_break_what_is_published(shop):
    made = shop.defines("Cart", schema={"properties": {"properties": {"properties": {"total": {"type": "number"}}}}})
    drawn = graph(
        [
            node("event-1", event="Cart"),
            node("condition-1", paths=[{"id": "big", "condition": "@event{Cart.properties.total} > 5"}]),
        ],
        "event-1 > condition-1",
    )
    shop.publishes(drawn)
    made.schema = {"properties": {"else": {"type": "string"}}, "additionalProperties": False}
    made.save()
    fresh = Worker(limit=100)
    shop.tracks("Cart", "ana", total=9)
    fresh.run_until_idle()
    fresh._drop_connection()

    assert Instance.objects.get().state == "completed"
