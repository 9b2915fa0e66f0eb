"""The whole story: a marketer draws a journey, real people walk through it, and it is changed while they do."""

from email import message_from_string, policy

from playwright.sync_api import expect

from designer.models import Version
from engine.models import CaughtMail, Instance
from tests.browser.conftest import PASSWORD
from tests.browser.events import identify, track
from tests.processes import wait_until

# Ana must still be inside when the second version goes live; on a busy machine that takes some seconds.
STAY = 30


def test_a_journey_drawn_in_the_browser_runs_on_real_events(opened, product, shop):
    canvas = opened(None)
    page = canvas.page

    # Ada logs in and begins a journey.
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="New journey").first.click()
    page.get_by_label("Name").fill("Thank big spenders")
    page.get_by_role("button", name="Create journey").click()
    expect(page.get_by_role("banner").get_by_label("Journey name")).to_have_value("Thank big spenders")

    # She draws: who orders for more than 100 gets a letter, and is left alone for a while.
    canvas.drag(canvas.palette("event"), canvas.spot(140, 300))
    canvas.choose_event("OrderPlaced")
    canvas.drag(canvas.palette("condition"), canvas.end("event-1.next"))
    canvas.fill("paths.0.label", "Big order")
    canvas.write("paths.0.condition", "@event{OrderPlaced.properties.total} > 100")
    canvas.drag(canvas.palette("email"), canvas.end("condition-1.path-1"))
    canvas.fill("subject", "Thank you, {{ profile.first_name }}")
    canvas.fill("html", "<h1>Order {{ event.properties.order_id }}</h1><p>{{ event.properties.total }} EUR. Wow.</p>")
    canvas.drag(canvas.palette("wait"), canvas.end("email-1.next"))
    canvas.fill("duration", str(STAY))
    canvas.field("duration").locator("select").select_option("seconds")
    canvas.end("wait-1.next").locator(".end-tag").click()
    page.get_by_label("Label of this end").fill("Thanked")
    canvas.press("Escape")
    canvas.sees(lines=["event-1.next>condition-1", "condition-1.path-1>email-1", "email-1.next>wait-1"])

    # She publishes.
    canvas.is_saved()
    canvas.button("Publish").click()
    canvas.dialog().get_by_role("button", name="Publish").click()
    expect(page.locator(".version-button")).to_contain_text("1.0 Live")
    expect(page.locator(".pulse.is-live")).to_be_visible()

    # People order, and she sees them come.
    identify(product, shop, "ana", email="ana@example.org", first_name="Ana")
    identify(product, shop, "ben", email="ben@example.org", first_name="Ben")
    track(product, shop, "OrderPlaced", "ana", order_id="A-1", total=250)
    track(product, shop, "OrderPlaced", "ben", order_id="B-1", total=20)
    expect(canvas.count("event-1", "Entered")).to_have_text("2")
    expect(canvas.count("email-1", "Entered")).to_have_text("1")
    expect(canvas.count("wait-1", "Waiting here")).to_have_text("1")
    expect(canvas.end("condition-1.other")).to_contain_text("1")

    # She makes a second version, with another letter, and publishes it. The first one is closed.
    canvas.menu("New version")
    expect(page.locator(".version-button")).to_contain_text("2.0 Draft")
    canvas.click_step("email-1")
    canvas.fill("subject", "{{ profile.first_name }}, you are our hero")
    canvas.is_saved()
    canvas.button("Publish").click()
    expect(canvas.dialog()).to_contain_text("Version 1.0 is closed: nobody new enters it.")
    expect(canvas.dialog()).to_contain_text("1 person is inside version 1.0; they finish there.")
    canvas.dialog().get_by_role("button", name="Publish").click()
    expect(page.locator(".version-button")).to_contain_text("2.0 Live")
    first, second = Version.objects.order_by("major")
    assert (first.status, second.status) == ("closed", "live")

    # Ana's letter has arrived, once, written for her.
    wait_until(lambda: CaughtMail.objects.exists(), "the letter arrives")
    letter = CaughtMail.objects.get()
    assert (letter.recipient, letter.subject) == ("ana@example.org", "Thank you, Ana")
    body = message_from_string(letter.source, policy=policy.default).get_body(("html",))
    assert body is not None
    assert "<h1>Order A-1</h1><p>250 EUR. Wow.</p>" in body.get_content()

    # Who comes now enters the second version and gets its letter.
    identify(product, shop, "cleo", email="cleo@example.org", first_name="Cleo")
    track(product, shop, "OrderPlaced", "cleo", order_id="C-1", total=900)
    expect(canvas.count("wait-1", "Waiting here")).to_have_text("1")
    wait_until(lambda: CaughtMail.objects.filter(subject="Cleo, you are our hero").exists(), "Cleo's letter arrives")

    # Ana is still in the first version, and finishes there, before Ada's eyes.
    page.locator(".version-button").click()
    page.get_by_role("link", name="Version 1.0").click()
    expect(page.locator(".version-button")).to_contain_text("1.0 Closed")
    expect(canvas.count("wait-1", "Waiting here")).to_have_text("1")
    expect(canvas.end("wait-1.next")).to_contain_text("Thanked")
    expect(canvas.count("wait-1", "Waiting here")).to_have_text("0", timeout=(STAY + 10) * 1000)
    expect(page.locator(".total.is-ended")).to_contain_text("2")
    assert sorted(Instance.objects.values_list("version_id", "state")) == [
        (first.pk, "completed"),
        (first.pk, "completed"),
        (second.pk, "active"),
    ]
    assert CaughtMail.objects.count() == 2
