"""The versions of a journey side by side above the canvas, and what changed from one to the next."""

from playwright.sync_api import expect

from designer.actions.new_version import new_version
from designer.actions.save_draft import save_draft
from engine import clock
from tests.browser.conftest import standing
from tests.browser.events import track
from tests.cast import graph, node

WELCOME = graph(
    [
        node("event-1", event="SignedUp"),
        node("wait-1", duration="P2D"),
        node("email-1", subject="Hello", text="Welcome"),
        node("wait-2", duration="P1D"),
    ],
    "event-1 > wait-1",
    "wait-1 > email-1",
    "email-1 > wait-2",
)
SHORTER = graph(
    [
        node("event-1", event="SignedUp"),
        node("wait-1", duration="P3D"),
        node("email-1", subject="Hello", text="Welcome"),
        node("email-2", subject="Still there?", text="Hm"),
    ],
    "event-1 > wait-1",
    "wait-1 > email-1",
    "email-1 > email-2",
)


def test_the_versions_are_listed_with_who_published_them_and_who_is_inside(live, opened, shop, product, ada):
    version = live(WELCOME)
    new_version(version, by=ada, now=clock.now())
    track(product, shop, "SignedUp", "ana", "ben")
    canvas = opened(version)
    expect(canvas.count("wait-1", "Waiting here")).to_have_text("2")

    canvas.page.locator(".version-button").click()
    versions = canvas.page.get_by_role("dialog", name="Versions of this journey")

    second, first = versions.get_by_role("listitem").all()
    expect(second).to_contain_text("Version 2.0")
    expect(second).to_contain_text("Draft")
    expect(second).to_contain_text("Not published yet")
    expect(first).to_contain_text("Live")
    expect(first).to_contain_text(", ada")
    expect(first).to_contain_text("2 people inside")
    expect(versions).to_contain_text("A new version is made from the latest, 2.0.")
    canvas.press("Escape")
    expect(versions).to_have_count(0)
    expect(canvas.page.locator(".version-button")).to_be_focused()


def test_what_changed_between_two_versions_is_said_and_marked(live, opened, ada):
    second = new_version(live(WELCOME), by=ada, now=clock.now())
    save_draft(
        second, graph=standing(SHORTER), revision=second.revision, by=ada, now=clock.now(),
        properties={"reentrance": False},
    )  # fmt: skip
    canvas = opened(second)

    canvas.page.locator(".version-button").click()
    canvas.button("What changed since version 1.0").click()
    changes = canvas.page.get_by_role("region", name="What changed since version 1.0")

    expect(changes.locator(".tally")).to_have_text("2 added2 changed1 removed")
    expect(canvas.step("wait-1").locator(".change-tag")).to_have_text("Changed")
    expect(canvas.step("email-2").locator(".change-tag")).to_have_text("Added")
    expect(canvas.step("email-1").locator(".change-tag")).to_have_text("Changed")
    expect(canvas.step("event-1").locator(".change-tag")).to_have_count(0)
    changes.get_by_role("button", name="Wait (wait-1): Wait for: 2 days became 3 days.").click()
    assert canvas.chosen() == ["wait-1"]
    changes.get_by_role("button", name="Allow re-entrance: on became off.").click()
    expect(canvas.page.get_by_role("complementary", name="Journey properties")).to_be_visible()
    expect(changes.get_by_text("Wait (wait-2) is gone.")).to_be_visible()
    expect(changes.get_by_role("button", name="is gone")).to_have_count(0)

    canvas.click_step("wait-1")
    canvas.field("duration").locator("input").fill("2")
    expect(changes.locator(".tally")).to_have_text("2 added1 changed1 removed")
    changes.get_by_role("button", name="Close").click()
    expect(canvas.page.locator(".change-tag")).to_have_count(0)
