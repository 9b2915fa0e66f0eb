"""Messages: what journeys sent, by the real couriers to a real mail server and a real HTTP server."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web
from django.contrib.auth.models import User
from django.test import Client

from designer.models import Journey
from engine import clock, control
from engine.models import CaughtMail, Delivery, Identity, Instance
from tests.carrying import deliver
from tests.cast import Shop, graph, node
from tests.designer.conftest import logged_in, member
from tests.processes import Product
from tests.sinks import Call, HttpSink

HTML = "<h1>Hello {{ profile.first_name }}</h1><script>alert(1)</script>"


async def answer(call: Call) -> web.StreamResponse:
    """The warehouse takes every order but one."""
    if call.body["order"] == "O-2":
        return web.json_response({"why": "sold out"}, status=404)
    return web.json_response({"receipt": "W-1", "access_token": "sesame"})


@pytest.fixture(scope="module")
def mail(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A mail server for all tests here: starting and stopping one, and a courier, takes 2 s."""
    product = Product(tmp_path_factory.mktemp("mail"))
    product.start("mail")
    yield product
    product.stop()


@pytest.fixture
def cast(mail: Product, committed: None) -> Iterator[Shop]:
    """Ana got a mail and her order was taken; Bob has no address; Cleo's order was refused; Dora's mail still waits."""
    shop = Shop()
    for name in ("Signup", "Order"):
        shop.defines(name)
    journey = Journey.objects.create(
        sandbox=shop.sandbox, name="Welcome", created_at=clock.now(), changed_at=clock.now()
    )
    with HttpSink(answer) as sink:
        call = node(
            "custom-action-1", url=f"{sink.url}/orders?api_key=sesame",
            headers=[{"name": "X-Api-Key", "value": '"open-sesame"'}, {"name": "X-Shop", "value": '"berlin"'}],
            body=[{"name": "order", "value": "@event{Order.properties.order_id}"}],
        )  # fmt: skip
        letter = node("email-1", subject="Welcome {{ profile.first_name }}", html=HTML)
        letter["label"] = "Greeting"
        shop.publishes(
            graph([node("event-1", event="Signup"), letter], "event-1 > email-1"), journey=journey.pk, name="Welcome"
        )
        shop.publishes(
            graph([node("event-1", event="Order"), call], "event-1 > custom-action-1"), journey=9_000, name="Orders"
        )
        for user, traits in (("ana", {"email": "ana@example.org", "first_name": "Ana"}), ("bob", {}), ("cleo", {})):
            shop.identifies(user, **traits)
        shop.tracks("Signup", "ana")
        shop.tracks("Signup", "bob")
        shop.tracks("Order", "ana", order_id="O-1")
        shop.tracks("Order", "cleo", order_id="O-2")
        shop.runs()
        waiting = Delivery.objects.filter(state__in=["queued", "sending"])
        deliver(shop, lambda: not waiting.exists(), port=mail.smtp_port)
    shop.identifies("dora", email="dora@example.org")
    shop.tracks("Signup", "dora")
    shop.runs()
    yield shop
    shop.close()


@pytest.fixture
def viewer(cast: Shop) -> Client:
    return logged_in(member("vera", cast.sandbox, "viewer"))


def text_of(answer: Any) -> str:
    return answer.content.decode()


def states_on(answer: Any) -> list[str]:
    return sorted(re.findall(r"</i>(Sent|Failed|Queued|Dropped|Sending)</span>", text_of(answer)))


def test_every_delivery_is_listed_and_found(viewer: Client, cast: Shop) -> None:
    everything = viewer.get("/messages/")
    cleo = Identity.objects.get(value="cleo").profile_id
    queries = ["state=failed", "channel=email", "channel=http&state=sent", "journey=9000", "q=ana@", "q=/orders",
               "q=nobody", "journey=5", f"profile={cleo}"]  # fmt: skip
    found = [states_on(viewer.get(f"/messages/?{query}")) for query in queries]

    assert states_on(everything) == ["Failed", "Failed", "Queued", "Sent", "Sent"]
    page = text_of(everything)
    assert "Welcome Ana" in page
    assert "no e-mail address" in page
    assert "sesame" not in page
    assert found == [
        ["Failed", "Failed"], ["Failed", "Queued", "Sent"], ["Sent"], ["Failed", "Sent"], ["Sent", "Sent"],
        ["Failed", "Sent"], [], [], ["Failed"],
    ]  # fmt: skip


def test_a_mail_is_shown_as_it_was_sent_and_runs_nothing(viewer: Client) -> None:
    delivery = Delivery.objects.get(channel="email", state="sent")

    page = text_of(viewer.get(f"/messages/{delivery.pk}/"))
    frame = viewer.get(f"/messages/{delivery.pk}/html/")

    assert "to ana@example.org" in page
    assert "Greeting" in page
    assert "<script>alert" not in page
    assert f'src="/messages/{delivery.pk}/html/" sandbox="allow-popups' in page
    assert "<h1>Hello Ana</h1>" in text_of(frame)
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert frame["Content-Security-Policy"].startswith("sandbox allow-popups")
    assert "allow-scripts" not in frame["Content-Security-Policy"] + page
    assert CaughtMail.objects.get().message_id in page.replace("&lt;", "<").replace("&gt;", ">")


def test_what_waits_and_what_failed_says_so(viewer: Client) -> None:
    queued = text_of(viewer.get(f"/messages/{Delivery.objects.get(state='queued').pk}/"))
    without_address = text_of(viewer.get(f"/messages/{Delivery.objects.get(error_code='no_address').pk}/"))

    assert "Not made yet" in queued
    assert "No address" in without_address
    assert "It was never made" in without_address


def test_a_call_is_shown_without_its_secrets(viewer: Client, cast: Shop) -> None:
    sent = text_of(viewer.get(f"/messages/{Delivery.objects.get(channel='http', state='sent').pk}/"))
    failed = text_of(viewer.get(f"/messages/{Delivery.objects.get(channel='http', state='failed').pk}/"))

    assert "sesame" not in sent
    for shown in ("berlin", "O-1", "W-1", "X-Api-Key", "••••••", "POST"):
        assert shown in sent
    assert "Answered 404" in failed
    assert "sold out" in failed


def test_the_secrets_of_a_call_are_not_even_kept(cast: Shop) -> None:
    kept = str(list(Delivery.objects.filter(channel="http").values("recipient", "content", "error")))
    answer = Delivery.objects.get(channel="http", state="sent").response

    assert "berlin" in kept
    assert "sesame" not in kept
    assert answer == {"receipt": "W-1", "access_token": "sesame"}  # from here it is told again when it was lost


def test_what_an_earlier_release_kept_is_not_shown_and_leaves_with_no_export(viewer: Client, cast: Shop) -> None:
    call = Delivery.objects.get(channel="http", state="sent")
    url = "https://erp.example/orders?api_key=sesame"
    content = {"method": "POST", "url": url, "headers": {"Authorization": "Bearer sesame"}, "body": {"order": "O-1"}}
    Delivery.objects.filter(shard=call.shard, id=call.pk).update(
        recipient=url, content=content, response={"access_token": "sesame", "receipt": "W-1"}
    )
    runs = Instance.objects.filter(shard=call.shard, id=call.instance_id)
    runs.update(context={"actions": {"custom-action-1": {"access_token": "sesame"}}})

    shown = [text_of(viewer.get(f"{place}messages/{one}")) for place in ("/", "/api/") for one in ("", f"{call.pk}/")]
    exported = str(control.export_profile(sandbox_id=cast.sandbox.pk, profile_id=call.profile_id))

    assert "sesame" not in str(shown)
    assert "sesame" not in exported
    assert "erp.example/orders" in exported
    assert all("O-1" in one for one in (shown[1], shown[3], exported))


def test_what_may_have_arrived_twice_is_found_and_says_so(viewer: Client) -> None:
    mail = Delivery.objects.get(channel="email", state="sent")
    Delivery.objects.filter(shard=mail.shard, id=mail.pk).update(outcomes_unknown=1, duplicates_prevented=2)

    found = text_of(viewer.get("/messages/?state=unknown"))
    page = text_of(viewer.get(f"/messages/{mail.pk}/"))
    other = text_of(viewer.get(f"/messages/{Delivery.objects.get(channel='http', state='sent').pk}/"))
    listed = viewer.get("/api/messages/?state=unknown").json()["results"]

    assert "Welcome Ana" in found
    assert states_on(viewer.get("/messages/?state=unknown")) == ["Sent"]
    assert "Maybe twice</span>" in found
    assert "It may have arrived twice" in page
    assert "Duplicates prevented" in page
    assert "arrived twice" not in other
    assert [(one["id"], one["outcomes_unknown"], one["duplicates_prevented"]) for one in listed] == [
        (str(mail.pk), 1, 2)
    ]


def test_programs_are_told_the_same_and_no_secrets(viewer: Client) -> None:
    every = viewer.get("/api/messages/").json()
    failed = viewer.get("/api/messages/?state=failed&channel=http").json()["results"]
    call = Delivery.objects.get(channel="http", state="sent")
    one = viewer.get(f"/api/messages/{call.pk}/")

    assert (len(every["results"]), every["next"], every["is_partial"]) == (5, None, False)
    assert [row["error_code"] for row in failed] == ["404"]
    assert one.json()["content"]["body"] == {"order": "O-1"}
    assert one.json()["response"]["receipt"] == "W-1"
    assert "sesame" not in text_of(one) + str(every)
    assert viewer.get("/api/messages/999999999999/").json()["code"] == "not_found"


def test_nothing_is_seen_from_another_sandbox(cast: Shop) -> None:
    outsider = logged_in(member("mallory", Shop("elsewhere").sandbox, "administrator"))

    for delivery in Delivery.objects.all():
        assert outsider.get(f"/messages/{delivery.pk}/").status_code == 404
        assert outsider.get(f"/messages/{delivery.pk}/html/").status_code == 404
        assert outsider.get(f"/api/messages/{delivery.pk}/").status_code == 404
    assert states_on(outsider.get("/messages/")) == []
    assert outsider.get("/messages/", {"profile": Identity.objects.get(value="ana").profile_id}).status_code == 404


def test_without_any_message_the_page_says_what_to_do(ada: User, shop: Any) -> None:
    client = logged_in(ada)

    assert "Nothing was sent yet" in text_of(client.get("/messages/"))
    assert "No message like that" in text_of(client.get("/messages/?state=sent"))


@pytest.mark.parametrize(
    "query",
    ["state=lost", "channel=pigeon", "journey=abc", "journey=99999999999999999999999", "q=%00", "q=" + "x" * 5000,
     "after=x", "after=2026-01-01T00:00:00%2B00:00~1", "q=%25_%5C"],
)  # fmt: skip
def test_a_strange_address_is_answered_calmly(ada: User, shop: Any, query: str) -> None:
    assert logged_in(ada).get(f"/messages/?{query}").status_code == 200


@pytest.mark.parametrize("path", ["messages/999999999999999999/", f"messages/{'9' * 30}/", "messages/0/html/"])
def test_what_is_not_there_is_not_found(ada: User, shop: Any, path: str) -> None:
    assert logged_in(ada).get(f"/{path}").status_code == 404
