"""The courier hands over each delivery, tries again where that can help, and tells the journey what came of it."""

import asyncio
from datetime import timedelta
from email import message_from_string
from email.policy import default

import pytest
from aiohttp import web
from django.db import connection, transaction

from engine import clock, control, tasks
from engine.delivery import courier as couriers
from engine.delivery import ledger
from engine.delivery.leased import Outcome
from engine.models import Delivery, InboxItem, Instance, Profile
from engine.store import connection as connections
from tests.cast import graph, node
from tests.readers import makes_audience, makes_people
from tests.sinks import HttpSink


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch):
    monkeypatch.setattr(couriers, "PAUSES", (0.01, 0.02, 0.03))


def publish_call(shop, url: str, *, properties: dict | None = None, **settings) -> int:
    """Order -> custom action -> profile.called = the response's status; on its error path profile.failed."""
    shop.defines("Order")
    drawn = graph(
        [
            node("event-1", event="Order"),
            node("custom-action-1", url=url, error_path=True, **settings),
            node("update-profile-1", fields=[{"field": "called", "value": "@action{custom_action_1.jo_status_code}"}]),
            node("update-profile-2", fields=[{"field": "failed", "value": "${lastExecutedActionErrorCode}"}]),
        ],
        "event-1 > custom-action-1",
        "custom-action-1.next > update-profile-1",
        "custom-action-1.error > update-profile-2",
    )
    return shop.publishes(drawn, **(properties or {}))


def publish_mail(shop, *, properties: dict | None = None, **settings) -> int:
    shop.defines("Order")
    mail = {
        "subject": "Hi {{ profile.name }}",
        "html": "<p>{{ event.properties.total }}</p>",
        "error_path": True,
        **settings,
    }
    drawn = graph(
        [
            node("event-1", event="Order"),
            node("email-1", **mail),
            node("update-profile-1", fields=[{"field": "failed", "value": "${lastExecutedActionErrorCode}"}]),
        ],
        "event-1 > email-1",
        "email-1.error > update-profile-1",
    )
    return shop.publishes(drawn, **(properties or {}))


def nobody_is_inside() -> bool:
    return not Instance.objects.filter(ended_at__isnull=True).exists() and not InboxItem.objects.exists()


def attributes() -> dict:
    return Profile.objects.get().attributes


def test_a_call_is_made_once_with_everything_that_was_asked_for(shop, carry):
    with HttpSink() as sink:
        publish_call(
            shop,
            f"{sink.url}/orders?source=test",
            path='concat("/", ${externalKey})',
            headers=[{"name": "X-Total", "value": "@event{Order.properties.total}"}],
            query=[{"name": "who", "value": "${externalKey}"}],
            body=[
                {"name": "order.total", "value": "@event{Order.properties.total}"},
                {"name": "channel", "value": '"web"'},
                {"name": "gone", "value": "@event{Order.properties.missing}"},
            ],
        )
        shop.tracks("Order", "ana b?", total=12.5)
        shop.runs()
        carry(nobody_is_inside)

    (call,) = sink.calls
    delivery = Delivery.objects.get()
    assert (call.method, call.body) == ("POST", {"order": {"total": 12.5}, "channel": "web"})
    assert (call.path, call.query) == ("/orders/ana b?", {"source": "test", "who": "ana b?"})
    assert call.headers["X-Total"] == "12.5"
    assert call.key == str(delivery.id)
    assert (delivery.state, delivery.attempts) == ("sent", 1)
    assert attributes() == {"called": "http_200"}


@pytest.mark.parametrize(
    ("status", "method", "body"),
    [(301, "GET", None), (303, "GET", None), (307, "POST", {"a": 1}), (308, "POST", {"a": 1})],
)
def test_a_redirect_is_followed(shop, carry, status, method, body):
    async def moved(call):
        if call.path == "/old":
            return web.Response(status=status, headers={"Location": "/new?from=old"})
        return web.json_response({})

    with HttpSink(moved) as sink:
        publish_call(
            shop,
            f"{sink.url}/old",
            headers=[{"name": "X-Api-Key", "value": '"sesame"'}],
            body=[{"name": "a", "value": "1"}],
        )
        shop.tracks("Order", "ana")
        shop.runs()
        carry(nobody_is_inside)

    first, last = sink.calls
    assert (last.method, last.path, last.query, last.body) == (method, "/new", {"from": "old"}, body)
    assert last.headers["X-Api-Key"] == "sesame"
    assert first.key == last.key
    assert attributes() == {"called": "http_200"}


def test_on_the_same_host_a_redirect_keeps_the_password_of_the_address(shop, carry):
    async def moved(call):
        if call.path == "/old":
            return web.Response(status=307, headers={"Location": f"{sink.url}/new"})
        return web.json_response({})

    with HttpSink(moved) as sink:
        publish_call(shop, f"{sink.url.replace('//', '//jo:sesame@')}/old")
        shop.tracks("Order", "ana")
        shop.runs()
        carry(nobody_is_inside)

    first, last = sink.calls
    assert first.headers["Authorization"] == last.headers["Authorization"]
    assert "sesame" not in str(list(Delivery.objects.values()))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"], ids=["another name", "another port"])
def test_no_secret_is_taken_along_to_another_host(shop, carry, host):
    async def moved(call):
        return web.Response(status=307, headers={"Location": f"{other.url.replace('127.0.0.1', host)}/there"})

    with HttpSink() as other, HttpSink(moved) as sink:
        secrets = [{"name": name, "value": '"sesame"'} for name in ("X-Api-Key", "Authorization", "Cookie")]
        publish_call(shop, sink.url, headers=[*secrets, {"name": "X-Shop", "value": '"berlin"'}])
        shop.tracks("Order", "ana")
        shop.runs()
        carry(nobody_is_inside)

    (first,), (last,) = sink.calls, other.calls
    assert str(first.headers).count("sesame") == 3
    assert "sesame" not in str(last.headers)
    assert (last.path, last.headers["X-Shop"], last.key) == ("/there", "berlin", first.key)
    assert attributes() == {"called": "http_200"}


@pytest.mark.parametrize(
    ("onward", "calls", "said"),
    [("/on", 6, "leads on more than 5 times"), ("file:///etc/passwd", 1, "leads on to file")],
)
def test_a_redirect_that_leads_nowhere_is_an_error(shop, carry, onward, calls, said):
    async def leads_on(call):
        return web.Response(status=302, headers={"Location": onward})

    with HttpSink(leads_on) as sink:
        publish_call(shop, sink.url)
        shop.tracks("Order", "ana")
        shop.runs()
        carry(nobody_is_inside)

    assert len(sink.calls) == calls
    assert attributes() == {"failed": "error"}
    assert said in Delivery.objects.get().error


def test_a_failed_call_is_tried_again_with_the_same_key(shop, carry):
    async def twice_busy(call):
        return web.json_response({"ok": True}, status=503 if len(sink.calls) < 3 else 201)

    with HttpSink(twice_busy) as sink:
        publish_call(shop, sink.url)
        shop.tracks("Order", "ana")
        shop.runs()
        carry(nobody_is_inside)

    assert len(sink.calls) == 3
    assert len({call.key for call in sink.calls}) == 1
    assert attributes() == {"called": "http_201"}


@pytest.mark.parametrize(("status", "tries"), [(500, 4), (429, 4), (400, 4), (404, 1), (403, 1), (401, 1)])
def test_after_the_last_try_the_error_path_is_taken(shop, carry, status, tries):
    async def refuse(call):
        return web.json_response({"why": "no"}, status=status)

    with HttpSink(refuse) as sink:
        version = publish_call(shop, sink.url)
        shop.tracks("Order", "ana")
        shop.runs()
        carry(nobody_is_inside)

    assert len(sink.calls) == tries
    assert attributes() == {"failed": str(status)}
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error_code) == ("failed", str(status))
    assert delivery.response == {"errorResponse": {"why": "no"}}
    assert shop.counts(version)["nodes"]["custom-action-1"] == {"entered": 1, "waiting": 0, "error": 1}


def test_a_call_that_is_not_answered_in_time_is_timed_out_and_not_repeated(shop, carry):
    async def sleep(call):
        await asyncio.sleep(10)
        return web.json_response({})

    with HttpSink(sleep) as sink:
        publish_call(shop, sink.url, timeout="PT1S")
        shop.tracks("Order", "ana")
        shop.runs()
        carry(nobody_is_inside)

    assert len(sink.calls) == 1
    assert attributes() == {"failed": "timedOut"}


@pytest.mark.parametrize(("own", "said"), [({}, "Not done within 1 s."), ({"timeout": "PT2S"}, "Not done within 2 s.")])
def test_an_action_without_a_timeout_of_its_own_has_that_of_the_journey(shop, carry, own, said):
    async def sleep(call):
        await asyncio.sleep(10)
        return web.json_response({})

    with HttpSink(sleep) as sink:
        publish_call(shop, sink.url, properties={"activity_timeout": "PT1S"}, **own)
        shop.tracks("Order", "ana")
        shop.runs()
        carry(nobody_is_inside)

    assert attributes() == {"failed": "timedOut"}
    assert Delivery.objects.get().error.startswith(said)


def test_retries_end_with_the_timeout_and_say_what_went_wrong_before(shop, carry, monkeypatch):
    monkeypatch.setattr(couriers, "PAUSES", (0.8, 0.8, 0.8))

    async def refuse(call):
        return web.json_response({}, status=500)

    with HttpSink(refuse) as sink:
        publish_call(shop, sink.url, timeout="PT1S")
        shop.tracks("Order", "ana")
        shop.runs()
        carry(nobody_is_inside)

    assert len(sink.calls) == 2
    assert Delivery.objects.get().error == "Not done within 1 s. The attempt before: The other system answered 500."
    assert attributes() == {"failed": "timedOut"}


def test_a_server_that_is_not_there_takes_the_error_path(shop, carry):
    publish_call(shop, "http://127.0.0.1:9/")
    shop.tracks("Order", "ana")
    shop.runs()
    carry(nobody_is_inside)

    assert attributes() == {"failed": "error"}


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"no json",
        b"[1, 2]",
        b'{"a": "\\u0000"}',
        b'{"a": ' + b"[" * 400 + b"]" * 400 + b"}",
        b'"' + b"x" * 200_000 + b'"',
    ],
    ids=["empty", "text", "list", "nul", "deep", "long"],
)
def test_whatever_the_other_system_answers_the_journey_goes_on(shop, carry, answer):
    async def odd(call):
        return web.Response(body=answer, content_type="application/json")

    with HttpSink(odd) as sink:
        publish_call(shop, sink.url)
        shop.tracks("Order", "ana")
        shop.runs()
        carry(nobody_is_inside)

    assert Delivery.objects.get().state == "sent"
    assert attributes() == {"called": "http_200"}
    assert len(sink.calls) == 1


def test_a_mail_is_rendered_for_its_person_and_named_by_its_delivery(shop, carry, post):
    publish_mail(shop, from_name="The Shop")
    shop.identifies("ana", email="ana@example.org", name="Ana <3")
    shop.tracks("Order", "ana", total=12.5)
    shop.runs()
    carry(nobody_is_inside, port=post.port)

    ((address, source),) = post.mails
    message = message_from_string(source, policy=default)
    delivery = Delivery.objects.get()
    assert address == message["To"] == "ana@example.org"
    assert message["Subject"] == "Hi Ana <3"
    assert message["From"] == "The Shop <shop@example.org>"
    assert message["Message-ID"] == f"<{delivery.id}@example.org>"
    assert message.get_body(("html",)).get_content().strip() == "<p>12.5</p>"
    assert message.get_body(("plain",)).get_content().strip() == "12.5"
    assert (delivery.state, delivery.recipient, delivery.content["subject"]) == ("sent", "ana@example.org", "Hi Ana <3")


def test_a_mail_speaks_of_the_event_that_came_last_whatever_it_is_called(shop, carry, post):
    shop.defines("OrderPlaced")
    shop.defines("Paid")
    mail = {"subject": "{{ event.event }} after {{ events.OrderPlaced.event }}", "html": "<p>Thanks</p>"}
    shop.publishes(
        graph(
            [node("event-1", event="OrderPlaced"), node("event-2", event="Paid"), node("email-1", **mail)],
            "event-1 > event-2",
            "event-2 > email-1",
        )
    )
    shop.identifies("ana", email="ana@example.org")
    shop.tracks("OrderPlaced", "ana")
    shop.runs()
    shop.tracks("Paid", "ana")
    shop.runs()
    carry(nobody_is_inside, port=post.port)

    ((_, source),) = post.mails
    assert message_from_string(source, policy=default)["Subject"] == "Paid after OrderPlaced"


def test_a_mail_tells_of_the_business_event_that_had_the_audience_read(shop, carry, post):
    shop.defines("PriceFell", type="business", namespace="")
    (ana,) = makes_people(shop, 1)
    Profile.objects.filter(pk=ana).update(attributes={"email": "ana@example.org"})
    makes_audience(shop, [ana])
    shop.publishes(
        graph(
            [
                node("business-event-1", event="PriceFell"),
                node("read-audience-1", audience="Buyers", namespace="userId"),
                node("email-1", subject="Only {{ event.properties.price }}", html="<p>{{ events.PriceFell._id }}</p>"),
            ],
            "business-event-1 > read-audience-1",
            "read-audience-1 > email-1",
        )
    )

    shop.post("/v1/track", {"event": "PriceFell", "messageId": "fall-1", "properties": {"price": 79}})
    tasks.answer_business_events()
    with clock.travel(timedelta(seconds=1)):
        shop.runs()
    carry(nobody_is_inside, port=post.port)

    ((_, source),) = post.mails
    message = message_from_string(source, policy=default)
    assert message["Subject"] == "Only 79"
    assert "fall-1" in message.get_body(("html",)).get_content()


@pytest.mark.parametrize(("said", "code", "tries"), [("550 no such user", "550", 1), ("451 later", "451", 4)])
def test_a_mail_that_is_refused_takes_the_error_path(shop, carry, post, said, code, tries):
    asked = []
    post.answers = lambda address: asked.append(address) or said
    publish_mail(shop)
    shop.identifies("ana", email="ana@example.org")
    shop.tracks("Order", "ana")
    shop.runs()
    carry(nobody_is_inside, port=post.port)

    assert len(asked) == tries
    assert post.mails == []
    assert attributes()["failed"] == code


def test_a_server_that_asks_for_patience_gets_the_mail_in_the_end(shop, carry, post):
    answers = iter(["451 later", "450 later", "250 OK"])
    post.answers = lambda address: next(answers)
    publish_mail(shop)
    shop.identifies("ana", email="ana@example.org")
    shop.tracks("Order", "ana")
    shop.runs()
    carry(nobody_is_inside, port=post.port)

    assert len(post.mails) == 1
    assert "failed" not in attributes()


@pytest.mark.parametrize("email", [None, "", "no address", "a@b\nBcc: all@example.org", 7])
def test_a_person_without_an_address_takes_the_error_path_at_once(shop, carry, post, email):
    publish_mail(shop)
    shop.identifies("ana", email=email, name="Ana")
    shop.tracks("Order", "ana")
    shop.runs()
    carry(nobody_is_inside, port=post.port)

    assert post.mails == []
    assert attributes()["failed"] == "no_address"


def test_many_mails_share_a_few_connections(shop, carry, post):
    publish_mail(shop)
    batch = []
    for number in range(100):
        batch.append({"type": "identify", "userId": f"u{number}", "traits": {"email": f"u{number}@example.org"}})
        batch.append({"type": "track", "userId": f"u{number}", "event": "Order"})
    shop.post("/v1/batch", {"batch": batch})
    shop.runs()
    carry(nobody_is_inside, port=post.port, concurrency=50)

    assert sorted(address for address, _ in post.mails) == sorted(f"u{number}@example.org" for number in range(100))
    assert post.connections <= 16


def test_what_an_ended_journey_asked_for_is_dropped(shop, carry):
    with HttpSink() as sink:
        version = publish_call(shop, sink.url)
        shop.tracks("Order", "ana")
        shop.runs()
        with transaction.atomic():
            control.stop(version_id=version, now=clock.now())
        shop.runs()
        carry(lambda: not Delivery.objects.filter(state="queued").exists())

    assert sink.calls == []
    assert Delivery.objects.get().state == "dropped"


# Leases


@pytest.fixture
def leased(shop):
    """One delivery, leased by a courier that will never be heard of again."""
    publish_call(shop, "http://127.0.0.1:9/")
    shop.tracks("Order", "ana")
    shop.runs()
    with connections.connect(autocommit=True) as connected:
        (found,) = ledger.claim(connected, "the late courier", 10, clock.now())
    return found


def test_a_lease_is_nobody_elses_until_it_runs_out(shop, leased):
    with connections.connect(autocommit=True) as connected:
        assert ledger.claim(connected, "another", 10, clock.now()) == []
        (again,) = ledger.claim(connected, "another", 10, clock.now() + ledger.LEASE + timedelta(seconds=1))

    assert (again.id, again.attempts) == (leased.id, 2)


def counted() -> tuple[int, int]:
    return Delivery.objects.values_list("outcomes_unknown", "duplicates_prevented").get()


def test_a_lease_that_another_takes_over_is_counted_as_unknown(shop, leased):
    before = counted()
    with connections.connect(autocommit=True) as connected:
        ledger.claim(connected, "another", 10, clock.now() + ledger.LEASE + timedelta(seconds=1))

    assert (before, counted()) == ((0, 0), (1, 0))


def test_what_a_courier_has_in_hand_is_not_made_again_when_its_lease_ran_out(shop, leased):
    later = clock.now() + ledger.LEASE + timedelta(seconds=1)
    with connections.connect(autocommit=True) as connected:
        (again,) = ledger.claim(connected, "the late courier", 10, later, held=[leased.id])

    assert again.attempts == 1, "it does not come nearer to being given up"
    assert counted() == (0, 1)


def test_a_lease_whose_news_never_came_is_nobodys_attempt(shop, leased):
    later = clock.now() + ledger.LEASE + timedelta(seconds=1)
    with connections.connect(autocommit=True) as connected:
        ledger.claim(connected, "the late courier", 10, later)

    assert counted() == (0, 0)


def test_a_result_that_is_noted_twice_is_heard_once(shop, leased):
    outcome = Outcome(delivery=leased, state="sent")
    outcome.tell(is_ok=True, code="http_200", response={})
    with connections.connect(autocommit=True) as connected:
        for _ in range(2):  # as when the database goes away between the commit and the news of it
            ledger.note(connected, "the late courier", [outcome], clock.now())

    assert InboxItem.objects.filter(kind="result").count() == 1
    assert counted() == (0, 1)


def test_who_renews_a_lease_that_another_has_learns_that_it_is_lost(shop, leased):
    with connections.connect(autocommit=True) as connected:
        kept = ledger.renew(connected, "the late courier", [leased], clock.now())
        ledger.claim(connected, "another", 10, clock.now() + ledger.LEASE + timedelta(seconds=1))
        lost = ledger.renew(connected, "the late courier", [leased], clock.now())

    assert (kept, lost) == ({leased.id}, set())


def test_what_is_held_back_keeps_what_is_not_known_of_its_attempts(shop, leased):
    late = Outcome(delivery=leased, state="sent", unknown=2)
    with connections.connect(autocommit=True) as connected:
        ledger.claim(connected, "another", 10, clock.now() + ledger.LEASE + timedelta(seconds=1))
        ledger.note(connected, "the late courier", [late], clock.now())

    assert counted() == (1 + 2, 1)


def test_a_lease_that_is_renewed_does_not_run_out(shop, leased):
    later = clock.now() + ledger.LEASE
    with connections.connect(autocommit=True) as connected:
        ledger.renew(connected, "the late courier", [leased], later)
        assert ledger.claim(connected, "another", 10, later + timedelta(seconds=1)) == []


def test_who_lost_a_lease_does_not_overwrite_what_another_noted(shop, leased):
    with connections.connect(autocommit=True) as connected:
        (again,) = ledger.claim(connected, "another", 10, clock.now() + ledger.LEASE + timedelta(seconds=1))
        for name, found, code in (("another", again, "http_200"), ("the late courier", leased, "late")):
            outcome = Outcome(delivery=found, state="sent")
            outcome.tell(is_ok=True, code=code, response={})
            ledger.note(connected, name, [outcome], clock.now())
    shop.runs()

    assert attributes() == {"called": "http_200"}
    assert not InboxItem.objects.exists()
    assert counted() == (1, 1)


def test_one_that_cannot_be_kept_is_noted_bare_and_its_neighbours_whole(shop, leased):
    whole = Outcome(delivery=leased, state="sent", content={"to": "ana"})
    whole.tell(is_ok=True, code="ok", response={"set": {1, 2}})
    with connections.connect(autocommit=True) as connected:
        ledger.note(connected, "the late courier", [whole], clock.now())
    shop.runs()

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.content) == ("sent", None)
    assert "cannot be kept" in delivery.error
    assert attributes() == {"called": "ok"}


def test_a_delivery_that_couriers_keep_dying_with_is_given_up(shop, leased, carry):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE engine_delivery SET attempts = %s, due_at = now()", [couriers.MOST_LEASES])
    with HttpSink():
        carry(nobody_is_inside)

    assert Delivery.objects.get().error.startswith("Given up")
    assert attributes() == {"failed": "error"}


def test_a_delivery_whose_version_cannot_be_compiled_waits(shop, carry):
    publish_call(shop, "http://127.0.0.1:9/")
    shop.tracks("Order", "ana")
    shop.runs()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE engine_definition DISABLE TRIGGER engine_definition_is_immutable")
        cursor.execute("UPDATE engine_definition SET graph = jsonb_set(graph, '{nodes,0,type}', '\"gone\"')")
        cursor.execute("ALTER TABLE engine_definition ENABLE TRIGGER engine_definition_is_immutable")
    carry(lambda: Delivery.objects.filter(attempts=1, state="queued").exists())

    assert Delivery.objects.get().due_at > clock.now() + timedelta(seconds=30)
    assert Instance.objects.get().state == "active"


def test_two_couriers_share_the_work_and_nothing_is_made_twice(shop, carry):
    async def slowly(call):
        await asyncio.sleep(0.02)
        return web.json_response({})

    with HttpSink(slowly) as sink:
        publish_call(shop, sink.url)
        shop.post("/v1/batch", {"batch": [{"type": "track", "userId": f"u{n}", "event": "Order"} for n in range(200)]})
        shop.runs()
        carry(nobody_is_inside, concurrency=10, couriers=2)

    assert len(sink.calls) == 200 == len({call.key for call in sink.calls})
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}
