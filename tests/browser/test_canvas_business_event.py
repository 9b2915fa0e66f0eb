"""A journey that begins with a business event is drawn with the mouse; somebody is read because of it."""

import json
import urllib.request

from playwright.sync_api import expect

from designer.actions.publish import publish
from engine import clock, tasks
from engine.models import BusinessEvent, Instance
from tests.browser.canvas import PATIENCE
from tests.browser.test_canvas_audiences import namespaces
from tests.processes import wait_until
from tests.readers import makes_audience, makes_people

LINES = ["business-event-1.next>read-audience-1"]


def test_it_brings_its_read_audience_and_whoever_is_in_it_is_read_when_it_comes(product, shop, draft, opened, ada):
    namespaces(shop)
    shop.defines("PriceFell", type="business", namespace="")
    makes_audience(shop, makes_people(shop, 3))
    version = draft()
    canvas = opened(version)

    canvas.drag(canvas.palette("business-event"), canvas.spot(160, 240))
    canvas.sees(steps=["business-event-1", "read-audience-1"], lines=LINES)
    canvas.field("event").locator(".picker").click()
    expect(canvas.page.get_by_role("option")).to_have_count(1)  # no event of a person
    canvas.press("Escape")
    canvas.choose_event("PriceFell")
    canvas.drag(canvas.palette("wait"), canvas.end("read-audience-1.next"))
    canvas.click_step("read-audience-1")
    expect(canvas.page.get_by_text("there is no schedule")).to_be_visible()
    expect(canvas.field("schedule")).to_have_count(0)
    canvas.field("audience").locator(".picker").click()
    canvas.type("buy")
    canvas.press("Enter")
    canvas.field("namespace").locator("select").select_option("userId")
    canvas.is_saved()

    version.refresh_from_db()
    publish(version, by=ada, now=clock.now())
    sent = urllib.request.Request(
        f"{product.url}/v1/track", json.dumps({"event": "PriceFell"}).encode(), {"Authorization": f"Bearer {shop.key}"}
    )
    with urllib.request.urlopen(sent) as answer:
        assert json.load(answer)["accepted"] == 1
    assert BusinessEvent.objects.count() == 1
    tasks.answer_business_events()  # what the queue's worker does
    inside = Instance.objects.filter(version_id=version.pk, ended_at=None)
    wait_until(lambda: inside.count() == 3, "everybody is in the journey", patience=PATIENCE)


def test_nothing_else_stands_behind_it_and_what_is_missing_is_offered(draft, opened):
    canvas = opened(draft())

    canvas.palette("business-event").dblclick()
    canvas.sees(lines=LINES)
    canvas.drag(canvas.palette("wait"), canvas.end("read-audience-1.next"))
    canvas.sees(lines=[*LINES, "read-audience-1.next>wait-1"])
    canvas.click_step("read-audience-1")
    canvas.press("Delete")
    canvas.sees(steps=["business-event-1", "wait-1"], lines=[])
    canvas.drag(canvas.palette("email"), canvas.end("business-event-1.next"))
    canvas.sees(lines=[])
    canvas.drag(canvas.palette("read-audience"), canvas.end("business-event-1.next"))

    canvas.sees(lines=LINES)
