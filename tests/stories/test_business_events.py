"""Something happens that belongs to nobody: an audience is read because of it, and messages say what it was."""

from datetime import timedelta

import pytest

from engine import audience_control, clock, control, tasks
from engine.models import BusinessEvent, Event, Instance, Profile, ReadRun, RejectedEvent, StepEvent
from tests.cast import Shop, graph, node
from tests.readers import joins, makes_audience, makes_people
from tests.stories.test_reading import inside

FALL = {"_schema": "prices", "eventType": "PriceFell"}
RULE = '@event{PriceFell.eventType} == "PriceFell"'
SECOND = timedelta(seconds=1)
SCHEMA = {
    "type": "object",
    "properties": {
        "eventType": {"type": "string"}, "product": {"type": "string"}, "price": {"type": "number"},
    },
}  # fmt: skip


@pytest.fixture
def prices(shop):
    """A shop that hears of falling prices, and has people who wait for them."""
    shop.defines("PriceFell", RULE, type="business", namespace="", schema=SCHEMA)
    shop.people = makes_people(shop, 4)
    shop.audience = makes_audience(shop, shop.people[:3])
    return shop


def alert(*more, lines=(), **settings):
    """A journey that begins with a falling price, and keeps everybody for a while."""
    return graph(
        [
            node("business-event-1", event="PriceFell", **settings),
            node("read-audience-1", audience="Buyers", namespace="userId"),
            node("wait-1", duration="P1D"),
            *more,
        ],
        "business-event-1 > read-audience-1",
        *(lines or ("read-audience-1 > wait-1",)),
    )


def falls(shop, price, *, id="", **more):
    """The warehouse tells of a price; nobody in particular is meant."""
    entity = {"_id": id or f"fall-{price}", **FALL, "product": "Desk", "price": price, **more}
    return shop.post("/inlet", {"header": {"schemaRef": {"id": "prices"}}, "body": {"xdmEntity": entity}})


def works(shop, *, at=timedelta(0), seconds=2):
    """What background jobs and the engine do in a few seconds."""
    for second in range(seconds):
        with clock.travel(at + second * SECOND):
            tasks.answer_business_events()
            shop.runs()


def dids():
    rows = Event.objects.order_by("received_at", "id").values_list("outcomes", flat=True)
    return [outcome["did"] for outcomes in rows for outcome in outcomes]


def test_an_audience_is_read_and_everybody_is_told_what_happened(prices):
    message = 'concat(@event{PriceFell.product}, " for less")'
    version = prices.publishes(
        alert(
            node("update-profile-1", fields=[{"field": "told", "value": message}]),
            lines=("read-audience-1 > update-profile-1", "update-profile-1 > wait-1"),
        )
    )

    reply = falls(prices, 79)
    works(prices)

    assert (reply.status, reply.body["accepted"]) == (200, 1)
    assert inside(version) == prices.people[:3]
    told = dict(Profile.objects.filter(pk__in=prices.people).values_list("id", "attributes"))
    assert [told[id].get("told") for id in prices.people] == [*["Desk for less"] * 3, None]
    one = Instance.objects.first()
    assert one.context["events"].keys() == {"read_audience_1", "PriceFell"}
    assert [step.node for step in StepEvent.objects.filter(instance_id=one.id).order_by("visit")] == [
        *("business-event-1", "read-audience-1", "update-profile-1")
    ]
    assert dids() == ["read"]
    assert not BusinessEvent.objects.exists()


def test_only_the_first_event_counts_unless_multiple_executions_are_allowed(prices):
    version = prices.publishes(alert())
    falls(prices, 79)
    works(prices)
    with clock.travel(timedelta(minutes=1)):
        falls(prices, 69)
    works(prices, at=timedelta(minutes=1))

    assert ReadRun.objects.count() == 1
    assert dids() == ["read", "answeredBefore"]
    assert {one.context["events"]["PriceFell"]["price"] for one in Instance.objects.filter(version_id=version)} == {79}
    assert audience_control.readings_over(clock.now()) == [version]


def test_with_each_further_event_people_leave_and_come_in_anew(prices):
    version = prices.publishes(alert(multiple_executions=True))
    falls(prices, 79)
    works(prices)
    with clock.travel(timedelta(minutes=1)):
        joins(prices.audience, prices.people[3:])
        falls(prices, 69)
    works(prices, at=timedelta(minutes=1))

    assert inside(version) == prices.people
    ways = Instance.objects.filter(version_id=version).values_list("state", "ended_at")
    assert sorted(state for state, _ in ways) == ["active"] * 4 + ["exited"] * 3
    now_inside = Instance.objects.filter(version_id=version, ended_at__isnull=True)
    assert {one.context["events"]["PriceFell"]["price"] for one in now_inside} == {69}
    assert audience_control.readings_over(clock.now()) == []


def test_a_further_event_overtakes_one_that_is_still_being_read(prices):
    """1,500 people at 500 a second: after one second the next price comes. Nobody hears of the old one after it."""
    joins(prices.audience, many := makes_people(prices, 1_500, first=10))
    version = prices.publishes(
        graph(
            [
                node("business-event-1", event="PriceFell", multiple_executions=True),
                node("read-audience-1", audience="Buyers", namespace="userId", reading_rate=500),
                node("wait-1", duration="P1D"),
            ],
            "business-event-1 > read-audience-1",
            "read-audience-1 > wait-1",
        )
    )
    falls(prices, 79)
    works(prices)
    early = len(inside(version))
    with clock.travel(2 * SECOND):
        falls(prices, 69)
    works(prices, at=2 * SECOND, seconds=6)

    assert 0 < early < 1_500
    assert inside(version) == sorted([*prices.people[:3], *many])
    assert list(ReadRun.objects.order_by("id").values_list("state", "reason")) == [
        ("dropped", "overtaken"),
        ("done", ""),
    ]
    now_inside = Instance.objects.filter(version_id=version, ended_at__isnull=True)
    assert {one.context["events"]["PriceFell"]["price"] for one in now_inside} == {69}


def test_what_came_before_the_publication_starts_nothing(prices):
    falls(prices, 79)
    with clock.travel(SECOND):
        prices.publishes(alert())
    works(prices, at=2 * SECOND)

    assert dids() == ["EVENT_WITH_NO_JOURNEY"]
    assert not ReadRun.objects.exists()


def test_an_event_is_counted_once_however_often_it_is_sent(prices):
    prices.publishes(alert(multiple_executions=True))

    replies = [falls(prices, 79, id="once") for _ in range(3)]
    works(prices)

    assert [reply.status for reply in replies] == [200, 200, 200]
    assert ReadRun.objects.count() == 1
    assert dids() == ["read"]


def test_two_events_of_one_request_are_two(prices):
    prices.defines("Moved", type="business", namespace="")
    drawn = alert(multiple_executions=True)
    drawn["nodes"][0]["settings"]["event"] = "Moved"
    prices.publishes(drawn)

    reply = prices.post("/v1/batch", {"batch": [{"type": "track", "event": "Moved"} for _ in range(2)]})
    works(prices)

    assert reply.body["accepted"] == 2
    assert dids() == ["read", "read"]
    assert sorted(ReadRun.objects.values_list("state", flat=True)) == ["done", "dropped"]


def test_a_person_in_it_does_not_make_it_an_event_of_theirs(prices):
    prices.defines("Seen", '@event{Seen.eventType} == "PriceFell"')
    version = prices.publishes(alert())
    other = prices.publishes(
        graph([node("event-1", event="Seen"), node("wait-1", duration="P1D")], "event-1 > wait-1"), journey=2
    )

    falls(prices, 79, identityMap={"userId": [{"id": "p4", "primary": True}]}, traits={"name": "Ana"})
    works(prices)

    assert inside(version) == prices.people[:3]
    assert inside(other) == [prices.people[3]]
    assert sorted(dids()) == ["business", "entered", "read"]
    told = [ReadRun.objects.get().event, Event.objects.get(profile_id=0).payload]
    assert [said["price"] for said in told] == [79, 79]
    assert not any("p4" in str(said) or "Ana" in str(said) for said in told)  # nobody else learns who it was


@pytest.mark.parametrize("eventType", ["PriceRose", None, 7])
def test_what_belongs_to_nobody_and_is_no_business_event_is_refused(prices, eventType):
    prices.publishes(alert())

    reply = falls(prices, 79, eventType=eventType)
    works(prices)

    assert (reply.status, reply.body["code"]) == (400, "no_identity")
    assert "matches none" in reply.body["message"]
    assert RejectedEvent.objects.get().code == "no_identity"
    assert not Event.objects.exists()
    assert falls(prices, 79).status == 200  # the refused one has not used up its id


def test_in_a_batch_each_is_judged_alone(prices):
    nobody, somebody = {"type": "track", "event": "Ping"}, {"type": "track", "event": "Ping", "userId": "p1"}
    prices.defines("Ping", type="business", namespace="")
    strange = {"type": "track", "event": "Pong"}

    reply = prices.post("/v1/batch", {"batch": [strange, nobody, somebody, {**strange, "userId": "p2"}, strange]})

    assert (reply.status, reply.body["accepted"]) == (200, 3)
    assert [(found["index"], found["code"]) for found in reply.body["rejected"]] == [
        (0, "no_identity"),
        (4, "no_identity"),
    ]
    assert BusinessEvent.objects.count() == 2


def test_what_is_defined_is_known_to_the_next_event_at_a_door_that_stays_open(prices):
    ping = {"event": "Ping", "messageId": "ping"}
    with prices.stays_open():
        before = prices.post("/v1/track", ping)
        prices.defines("Ping", type="business", namespace="")
        after, again = (prices.post("/v1/track", ping) for _ in range(2))

    assert [reply.status for reply in (before, after, again)] == [400, 200, 200]
    assert BusinessEvent.objects.get().definitions == ["Ping"]  # one: neither refusing nor asking anew used up its id


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/track", {"event": "Ping"}),
        ("/v1/page", {"name": "Ping", "properties": {}, "event": "Ping"}),
        ("/v1/batch", {"batch": [{"type": "screen", "event": "Ping"}]}),
        ("/batch/", {"batch": [{"event": "Ping", "properties": {"$anon_distinct_id": "somebody"}}]}),
        ("/inlet", {"header": {}, "body": {"xdmEntity": {"event": "Ping"}}}),
    ],
)
def test_every_dialect_takes_what_belongs_to_nobody(prices, path, body):
    prices.defines("Ping", type="business", namespace="")

    reply = prices.post(path, body)

    assert (reply.status, reply.body["accepted"]) == (200, 1)
    assert BusinessEvent.objects.get().definitions == ["Ping"]


@pytest.mark.parametrize(
    ("call", "body"), [("identify", {"traits": {"a": 1}}), ("alias", {"previousId": "p1"}), ("group", {})]
)
def test_what_speaks_of_a_person_names_one(prices, call, body):
    prices.defines("Anything", "true", type="business", namespace="")

    reply = prices.post(f"/v1/{call}", body)

    assert (reply.status, reply.body["code"]) == (400, "no_identity")
    assert not BusinessEvent.objects.exists()


def test_a_paused_journey_reads_nobody_and_the_next_event_is_its_first(prices):
    version = prices.publishes(alert())
    control.pause(version_id=version, mode="hold", now=clock.now())
    falls(prices, 79)
    works(prices)
    control.resume(version_id=version, now=clock.now())
    with clock.travel(timedelta(minutes=1)):
        falls(prices, 69)
    works(prices, at=timedelta(minutes=1))

    assert dids() == ["PAUSED_JOURNEY_VERSION", "read"]
    assert inside(version) == prices.people[:3]


def test_what_comes_by_the_key_of_another_sandbox_is_none_of_ours(prices):
    prices.publishes(alert())
    other = Shop("other")

    reply = falls(other, 79)
    works(prices)

    assert (reply.status, reply.body["code"]) == (400, "no_identity")
    assert not ReadRun.objects.exists()
    other.close()
