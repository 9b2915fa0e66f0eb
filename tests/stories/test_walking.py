"""A person walks through a journey: events lead in, waits hold, conditions choose, the first to fire wins."""

from datetime import timedelta

from engine import control
from engine.clock import travel
from engine.models import Discard, Event, Instance, Profile, StepEvent
from tests.cast import graph, node


def test_a_person_enters_waits_and_leaves(shop):
    shop.defines("Signup")
    version = shop.publishes(
        graph([node("event-1", event="Signup"), node("wait-1", duration="P1D")], "event-1 > wait-1")
    )

    shop.tracks("Signup", "ana")
    shop.runs()
    assert shop.counts(version)["nodes"]["wait-1"] == {"entered": 1, "waiting": 1, "error": 0}

    with travel(timedelta(days=1, seconds=1)):
        shop.runs()
    counts = shop.counts(version)
    assert counts["journey"] == {"entered": 1, "active": 0, "ended": 1, "error": 0, "discarded": 0}
    assert counts["ports"] == {"event-1.next": 1, "wait-1.next": 1}
    assert Instance.objects.get().state == "completed"
    assert list(StepEvent.objects.order_by("visit").values_list("node", "port")) == [
        ("event-1", "next"),
        ("wait-1", "next"),
    ]


def test_the_first_true_path_of_a_condition_wins(shop):
    shop.defines("Order")
    drawn = graph(
        [
            node("event-1", event="Order"),
            node(
                "condition-1",
                paths=[
                    {"id": "big", "label": "Big", "condition": "@event{Order.properties.total} > 100"},
                    {"id": "any", "label": "Any", "condition": "@event{Order.properties.total} > 10"},
                ],
            ),
        ],
        "event-1 > condition-1",
    )
    version = shop.publishes(drawn)

    for user, total in (("a", 500), ("b", 50), ("c", 5)):
        shop.tracks("Order", user, total=total)
    shop.runs()

    ports = shop.counts(version)["ports"]
    assert {port: count for port, count in ports.items() if port.startswith("condition")} == {
        "condition-1.big": 1,
        "condition-1.any": 1,
        "condition-1.other": 1,
    }


def test_an_event_beside_a_wait_wins_when_it_comes_first(shop):
    shop.defines("Cart")
    shop.defines("Order")
    drawn = graph(
        [
            node("event-1", event="Cart"),
            node("event-2", event="Order"),
            node("wait-1", duration="PT1H"),
            node("update-profile-1", fields=[{"field": "bought", "value": "true"}]),
            node("update-profile-2", fields=[{"field": "reminded", "value": "true"}]),
        ],
        "event-1 > event-2",
        "event-1 > wait-1",
        "event-2 > update-profile-1",
        "wait-1 > update-profile-2",
    )
    version = shop.publishes(drawn)
    shop.tracks("Cart", "quick")
    shop.tracks("Cart", "slow")
    shop.runs()

    shop.tracks("Order", "quick")
    shop.runs()
    with travel(timedelta(hours=2)):
        shop.runs()

    people = {profile.id: profile.attributes for profile in Profile.objects.all()}
    assert sorted(people.values(), key=str) == [{"bought": True}, {"reminded": True}]
    counts = shop.counts(version)
    assert counts["nodes"]["wait-1"] == {"entered": 2, "waiting": 0, "error": 0}
    assert counts["nodes"]["event-2"] == {"entered": 2, "waiting": 0, "error": 0}
    assert counts["ports"]["wait-1.next"] == 1
    assert counts["ports"]["event-2.next"] == 1


def test_a_timeout_takes_the_timeout_path_or_the_normal_one(shop):
    shop.defines("Cart")
    shop.defines("Order")
    for has_path, port in ((True, "timeout"), (False, "next")):
        drawn = graph(
            [node("event-1", event="Cart"), node("event-2", event="Order", timeout="PT1H", timeout_path=has_path)],
            "event-1 > event-2",
        )
        version = shop.publishes(drawn, journey=10 + has_path)
        shop.tracks("Cart", f"user-{port}")
        shop.runs()
        with travel(timedelta(hours=2)):
            shop.runs()
            assert shop.counts(version)["ports"][f"event-2.{port}"] >= 1


def test_an_event_that_nobody_waits_for_is_discarded_and_not_remembered(shop):
    shop.defines("Cart")
    shop.defines("Order")
    drawn = graph(
        [node("event-1", event="Cart"), node("wait-1", duration="PT1H"), node("event-2", event="Order")],
        "event-1 > wait-1",
        "wait-1 > event-2",
    )
    shop.publishes(drawn)
    shop.tracks("Cart", "ana")
    shop.tracks("Order", "ana")
    shop.runs()

    assert list(Discard.objects.values_list("event", "code")) == [("Order", "notSuitableInitialEvent")]
    with travel(timedelta(hours=2)):
        shop.runs()
    assert Instance.objects.get().state == "active"
    assert Event.objects.get(name="Order").outcomes[0]["did"] == "notSuitableInitialEvent"


def test_nobody_enters_twice_at_once_nor_within_the_wait_period(shop):
    shop.defines("Signup")
    shop.publishes(graph([node("event-1", event="Signup"), node("wait-1", duration="PT1M")], "event-1 > wait-1"))

    shop.tracks("Signup", "ana")
    shop.tracks("Signup", "ana")
    shop.runs()
    with travel(timedelta(minutes=2)):
        shop.tracks("Signup", "ana")
        shop.runs()
    with travel(timedelta(minutes=6)):
        shop.tracks("Signup", "ana")
        shop.runs()

    reasons = list(Discard.objects.order_by("at").values_list("code", "details__reason"))
    assert reasons == [
        ("reentranceNotAllowed", "still inside"),
        ("reentranceNotAllowed", "within the re-entrance wait period"),
    ]
    assert Instance.objects.count() == 2


def test_after_91_days_a_person_leaves(shop):
    shop.defines("Signup")
    shop.defines("Order")
    version = shop.publishes(
        graph([node("event-1", event="Signup"), node("event-2", event="Order")], "event-1 > event-2")
    )
    shop.tracks("Signup", "ana")
    shop.runs()

    with travel(timedelta(days=91, seconds=1)):
        shop.runs()

    assert Instance.objects.get().state == "timed_out"
    assert shop.counts(version)["nodes"]["event-2"]["waiting"] == 0


def test_behind_every_number_are_its_people(shop):
    shop.defines("Signup")
    drawn = graph([node("event-1", event="Signup"), node("wait-1", duration="PT1H")], "event-1 > wait-1")
    version = shop.publishes(drawn)
    shop.tracks("Signup", "early")
    shop.runs()

    with travel(timedelta(hours=1, seconds=1)):
        shop.tracks("Signup", "late")
        shop.runs()

    def at(place: str, state: str) -> list[str]:
        rows, _ = control.people(version_id=version, node=place, state=state)
        return [row["identity"] for row in rows]

    assert at("wait-1", "waiting") == ["late"]
    assert at("wait-1", "entered") == ["late", "early"]
    assert at("", "ended") == at("wait-1", "ended") == ["early"]
    assert at("event-1", "error") == []
