"""From one journey into another: chosen from a list, told what the way here knows, and seen at the other's start."""

from playwright.sync_api import expect

from designer.actions.new_version import new_version
from designer.actions.publish import publish
from designer.actions.save_draft import save_draft
from engine import clock
from engine.models import Instance
from tests.browser.canvas import PATIENCE
from tests.browser.conftest import standing
from tests.browser.events import track
from tests.cast import graph, node
from tests.processes import wait_until

THANKS = graph([node("event-1", event="OrderPlaced"), node("wait-1", duration="P1D")], "event-1 > wait-1")
WELCOME = graph([node("event-1", event="SignedUp"), node("jump-1")], "event-1 > jump-1")


def test_a_jump_is_drawn_and_leads_a_person_into_both(product, shop, draft, opened, ada):
    thanks = draft(THANKS, name="Thanks")
    publish(thanks, by=ada, now=clock.now())
    version = draft(WELCOME)
    canvas = opened(version)

    canvas.click_step("jump-1")
    canvas.field("journey").locator(".picker").click()
    canvas.type("than")
    expect(canvas.page.get_by_role("option", name="Thanks")).to_be_visible()
    canvas.press("Enter")

    expect(canvas.field("journey").locator(".picker")).to_contain_text("Thanks")
    expect(canvas.page.get_by_label("First event of the target")).to_have_value("OrderPlaced")
    expect(canvas.page.get_by_label("First event of the target")).to_have_attribute("readonly", "")
    canvas.is_saved()
    version.refresh_from_db()
    settings = next(one for one in version.graph["nodes"] if one["id"] == "jump-1")["settings"]
    assert (settings["journey"], settings["event"]) == (thanks.journey_id, "OrderPlaced")
    assert [(row["name"], row["value"]) for row in settings["fields"]] == [
        ("properties.total", "@event{SignedUp.properties.total}"),
        ("properties.order_id", "@event{SignedUp.properties.order_id}"),
    ]

    publish(version, by=ada, now=clock.now())
    track(product, shop, "SignedUp", "ana", total=7)
    inside = Instance.objects.filter(version_id=thanks.pk, ended_at=None)
    wait_until(inside.exists, "she is in the other journey", patience=PATIENCE)
    canvas.open(thanks)
    expect(canvas.step("event-1").get_by_role("img", name="Jumps lead here from Welcome")).to_be_visible()


def test_what_would_lead_back_cannot_be_chosen(draft, opened, ada):
    thanks = publish(draft(THANKS, name="Thanks"), by=ada, now=clock.now())
    back = draft(
        graph([node("event-1", event="SignedUp"), node("jump-1", journey=thanks.journey_id, event="OrderPlaced")],
              "event-1 > jump-1"),
        name="Welcome",
    )  # fmt: skip
    publish(back, by=ada, now=clock.now())
    next_one = new_version(thanks, by=ada, now=clock.now())
    flow = standing(graph([node("event-1", event="OrderPlaced"), node("jump-1")], "event-1 > jump-1"))
    save_draft(next_one, graph=flow, revision=next_one.revision, by=ada, now=clock.now())
    canvas = opened(next_one)

    canvas.click_step("jump-1")
    canvas.field("journey").locator(".picker").click()
    welcome = canvas.page.get_by_role("option", name="Welcome")
    expect(welcome).to_contain_text("Welcome jumps back into this journey.")
    expect(welcome).to_have_attribute("aria-disabled", "true")
    welcome.click(force=True)

    expect(canvas.field("journey").locator(".picker")).to_contain_text("Choose a journey")
