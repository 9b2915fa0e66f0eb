"""Who it is: anonymous and known are joined by identify and alias, and everything moves along to the older profile."""

import asyncio

import pytest

from engine import clock
from engine.delivery import ledger
from engine.delivery.leased import Outcome
from engine.models import Delivery, Event, Identity, InboxItem, Instance, Profile, StepEvent
from engine.reporting import people
from engine.store import connection as connections
from tests.cast import graph, node
from tests.senders import door, post


def owner(value: str) -> int:
    return Identity.objects.get(value=value).profile_id


def living() -> list[Profile]:
    return list(Profile.objects.filter(merged_into__isnull=True).order_by("id"))


def test_identify_gives_an_anonymous_person_a_name(shop):
    shop.post("/v1/track", {"anonymousId": "a", "event": "Visit"})
    shop.post("/v1/identify", {"userId": "ana", "anonymousId": "a", "traits": {"plan": "pro"}})
    shop.runs()

    assert owner("ana") == owner("a")
    assert [person.attributes for person in living()] == [{"plan": "pro"}]


def test_identify_joins_two_profiles_and_the_older_stays(shop):
    shop.post("/v1/track", {"anonymousId": "a", "event": "Visit"})
    shop.post("/v1/identify", {"userId": "ana", "traits": {"plan": "pro", "name": "Ana"}})
    older, younger = owner("a"), owner("ana")
    shop.runs()
    shop.post("/v1/identify", {"userId": "ana", "anonymousId": "a", "traits": {"plan": "free"}})
    shop.runs()

    assert older < younger
    assert owner("ana") == owner("a") == older
    assert Profile.objects.get(id=younger).merged_into == older
    assert Profile.objects.get(id=older).attributes == {"plan": "free", "name": "Ana"}


def test_the_survivors_attributes_win_and_the_others_fill_the_gaps(shop):
    shop.post("/v1/identify", {"userId": "first", "traits": {"plan": "pro"}})
    shop.post("/v1/identify", {"userId": "second", "traits": {"plan": "free", "city": "Bern"}})
    shop.runs()
    shop.post("/v1/alias", {"userId": "second", "previousId": "first"})
    shop.runs()

    assert [person.attributes for person in living()] == [{"plan": "pro", "city": "Bern"}]


def test_an_alias_of_somebody_unknown_is_kept_for_later(shop):
    shop.post("/v1/alias", {"userId": "ana", "previousId": "a"})
    shop.post("/v1/track", {"anonymousId": "a", "event": "Visit"})
    shop.runs()

    assert [person.id for person in living()] == [owner("ana")] == [owner("a")]


def test_identify_never_joins_two_known_people_who_share_a_device(shop):
    shop.post("/v1/identify", {"userId": "ana", "anonymousId": "tablet", "traits": {"name": "Ana"}})
    shop.post("/v1/identify", {"userId": "ben", "traits": {"name": "Ben"}})
    shop.post("/v1/identify", {"userId": "ben", "anonymousId": "tablet", "traits": {"age": 9}})
    shop.runs()

    assert [person.attributes for person in living()] == [{"name": "Ana"}, {"name": "Ben", "age": 9}]
    assert owner("tablet") == owner("ana") != owner("ben")


def test_a_track_call_does_not_join_anybody(shop):
    shop.post("/v1/track", {"anonymousId": "a", "event": "Visit"})
    shop.post("/v1/track", {"userId": "ana", "anonymousId": "a", "event": "Visit"})
    shop.runs()

    assert len(living()) == 2


@pytest.mark.parametrize("order", ["before", "after"])
def test_a_running_journey_moves_along(shop, order):
    shop.defines("Cart", namespace="")
    shop.defines("Order", namespace="")
    drawn = graph([node("event-1", event="Cart"), node("event-2", event="Order")], "event-1 > event-2")
    version = shop.publishes(drawn)
    shop.post("/v1/track", {"anonymousId": "older", "event": "Visit"})
    shop.post("/v1/track", {"userId": "ana", "event": "Cart"})
    shop.runs()

    shop.post("/v1/identify", {"userId": "ana", "anonymousId": "older"})
    if order == "after":
        shop.runs()
    shop.post("/v1/track", {"userId": "ana", "event": "Order"})
    shop.runs()

    instance = Instance.objects.get()
    assert instance.profile_id == owner("older") == owner("ana")
    assert instance.shard == instance.profile_id % 64
    assert instance.state == "completed"
    assert shop.counts(version)["journey"]["active"] == 0
    assert not InboxItem.objects.exists()
    for history in (Event, StepEvent):
        here = {(instance.shard, instance.profile_id)}
        assert set(history.objects.values_list("shard", "profile_id")) == here, history
    assert [step["node"] for step in people.path(instance.pk)["steps"]] == ["event-1", "event-2"]


def test_who_was_inside_one_journey_twice_is_inside_once_and_the_counts_agree(shop):
    shop.defines("Cart", namespace="")
    version = shop.publishes(graph([node("event-1", event="Cart"), node("wait-1", duration="P1D")], "event-1 > wait-1"))
    shop.post("/v1/track", {"anonymousId": "a", "event": "Cart"})
    shop.post("/v1/track", {"userId": "ana", "event": "Cart"})
    shop.runs()
    shop.post("/v1/identify", {"userId": "ana", "anonymousId": "a"})
    shop.runs()

    states = Instance.objects.order_by("profile_id", "id").values_list("state", "profile_id")
    assert sorted(states) == [("active", owner("ana")), ("exited", owner("ana"))]
    counts = shop.counts(version)
    assert counts["journey"] == {"entered": 2, "active": 1, "ended": 1, "error": 0, "discarded": 0}
    assert counts["nodes"]["wait-1"]["waiting"] == 1
    assert StepEvent.objects.get(status="ended").details["instanceEnded"] is True


def test_a_delivery_under_way_finds_its_instance_after_the_merge(shop):
    shop.defines("Cart", namespace="")
    action = node("custom-action-1", url="http://127.0.0.1:9/")
    shop.publishes(graph([node("event-1", event="Cart"), action], "event-1 > custom-action-1"))
    shop.post("/v1/track", {"anonymousId": "older", "event": "Visit"})
    shop.post("/v1/track", {"userId": "ana", "event": "Cart"})
    shop.runs()
    shop.post("/v1/identify", {"userId": "ana", "anonymousId": "older"})
    shop.runs()

    assert Delivery.objects.get().profile_id == owner("older")
    with connections.connect(autocommit=True) as connected:
        (leased,) = ledger.claim(connected, "test", 10, clock.now())
        assert leased.context is not None
        outcome = Outcome(delivery=leased, state="sent")
        outcome.tell(is_ok=True, code="ok", response={})
        ledger.note(connected, "test", [outcome], clock.now())
    shop.runs()
    assert Instance.objects.get().state == "completed"


def test_two_processes_that_meet_over_new_people_agree(shop):
    asyncio.run(meet(shop.key))
    shop.runs()

    apart = [number for number in range(200) if owner(f"u{number}") != owner(f"a{number}")]
    assert apart == []
    assert len(living()) == 200
    assert Event.objects.count() == 800


async def meet(key: str) -> None:
    """The same 200 people, each with two identities, at once through two doors."""
    headers = {"authorization": f"Bearer {key}"}
    async with door() as one, door() as other:
        for first in range(0, 200, 20):
            sending = []
            for number in range(first, first + 20):
                user, anonymous = {"userId": f"u{number}"}, {"anonymousId": f"a{number}"}
                for ingest in (one, other):
                    sending.append(post(ingest, "/v1/identify", {**user, **anonymous}, headers=headers))
                sending.append(post(one, "/v1/track", {**anonymous, "event": "Visit"}, headers=headers))
                sending.append(post(other, "/v1/track", {**user, "event": "Visit"}, headers=headers))
            await asyncio.gather(*sending)
