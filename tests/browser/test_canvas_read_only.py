"""A version that is no draft: looked at, named, moved on, and never changed."""

from playwright.sync_api import expect

from designer.models import Role, Version
from tests.browser.canvas import PATIENCE
from tests.browser.conftest import member
from tests.cast import graph, node
from tests.processes import wait_until

WELCOME = graph(
    [node("event-1", event="SignedUp"), node("wait-1", duration="P1D"), node("wait-2", duration="P2D")],
    "event-1 > wait-1",
    "wait-1 > wait-2",
)


def test_a_published_version_is_looked_at_and_not_changed(live, opened):
    version = live(WELCOME)
    canvas = opened(version)
    lines = canvas.lines()

    expect(canvas.page.get_by_text("Read only")).to_be_visible()
    expect(canvas.page.locator(".palette-item")).to_have_count(0)
    place = canvas.place_of("wait-1")
    canvas.drag(canvas.step("wait-1").locator(".step-name"), canvas.spot(500, 600))
    canvas.drag(canvas.handle("wait-2.next"), canvas.spot(700, 300))
    assert canvas.place_of("wait-1") == place
    canvas.opens_step("wait-2", "duration")
    canvas.press("Delete", "a", "ControlOrMeta+d", "ControlOrMeta+z")
    expect(canvas.field("duration").locator("input")).not_to_be_editable()
    expect(canvas.field("duration").locator("select")).to_be_disabled()
    canvas.page.mouse.move(*canvas.on_line("event-1.next>wait-1"), steps=3)
    expect(canvas.button("Add a step on this line")).to_have_count(0)

    canvas.sees(steps=["event-1", "wait-1", "wait-2"], lines=lines)
    version.refresh_from_db()
    assert version.revision == 1


def test_a_hand_that_trembles_still_opens_a_step(live, opened):
    canvas = opened(live(WELCOME))
    x, y = canvas.middle(canvas.step("wait-2").locator(".step-head"))

    canvas.page.mouse.move(x, y)
    canvas.page.mouse.down()
    canvas.page.mouse.move(x + 2, y + 1)
    canvas.page.mouse.up()

    expect(canvas.field("duration")).to_be_visible()


def test_names_and_descriptions_may_change_in_every_status(live, opened):
    version = live(WELCOME)
    canvas = opened(version)

    canvas.click_step("wait-1")
    canvas.page.get_by_label("Label", exact=True).fill("A day to breathe")
    canvas.page.get_by_label("Description").fill("Nobody likes two letters on one day.")
    name = canvas.page.get_by_label("Journey name")
    name.fill("Welcome series")
    name.press("Enter")

    def kept() -> tuple[str, str, str]:
        found = Version.objects.select_related("journey").get(pk=version.pk)
        step = {one["id"]: one for one in found.graph["nodes"]}["wait-1"]
        return step["label"], step["description"], found.journey.name

    wanted = ("A day to breathe", "Nobody likes two letters on one day.", "Welcome series")
    wait_until(lambda: kept() == wanted, "all three are kept", lambda: str(kept()), patience=PATIENCE)
    expect(canvas.page).to_have_title("Welcome series · JourneyOpt")
    version.refresh_from_db()
    assert version.status == "live"


def test_who_may_only_look_cannot_even_name(draft, opened, shop):
    canvas = opened(draft(WELCOME), user=member("victor", shop, Role.VIEWER))

    expect(canvas.page.get_by_text("Read only")).to_be_visible()
    canvas.click_step("wait-1")
    expect(canvas.page.get_by_label("Label", exact=True)).not_to_be_editable()
    expect(canvas.page.get_by_label("Journey name")).not_to_be_editable()
    expect(canvas.button("Publish")).to_have_count(0)
    canvas.button("More actions").click()
    items = canvas.page.get_by_role("menuitem").all_inner_texts()

    assert not [item for item in items if item.startswith(("Stop", "Close", "Duplicate", "New version"))]


def test_a_new_version_is_a_draft_beside_the_live_one(live, opened):
    version = live(WELCOME)
    canvas = opened(version)

    canvas.menu("New version")
    expect(canvas.page.locator(".version-button")).to_contain_text("2.0 Draft")
    canvas.sees(steps=["event-1", "wait-1", "wait-2"])
    canvas.page.locator(".version-button").click()
    canvas.page.get_by_role("link", name="Version 1.0").click()

    expect(canvas.page.locator(".version-button")).to_contain_text("1.0 Live")


def test_a_copy_is_a_journey_of_its_own(live, opened):
    canvas = opened(live(WELCOME))

    canvas.menu("Duplicate…")
    expect(canvas.dialog().get_by_label("Name of the new journey")).to_be_focused()
    expect(canvas.dialog().get_by_label("Name of the new journey")).to_have_value("Copy of Welcome")
    canvas.press("ControlOrMeta+a")
    canvas.type("Welcome, second try")
    canvas.press("Enter")

    expect(canvas.page.get_by_label("Journey name")).to_have_value("Welcome, second try")
    expect(canvas.page.locator(".version-button")).to_contain_text("1.0 Draft")
    canvas.sees(steps=["event-1", "wait-1", "wait-2"])


def test_a_version_is_closed_then_stopped_each_after_a_question(live, opened):
    version = live(WELCOME)
    canvas = opened(version)

    canvas.menu("Close to new entrances…")
    expect(canvas.dialog()).to_contain_text("Nobody new enters.")
    canvas.dialog().get_by_role("button", name="Close to new entrances").click()
    expect(canvas.page.locator(".version-button")).to_contain_text("Closed")
    canvas.menu("Stop…")
    expect(canvas.dialog()).to_contain_text("This cannot be undone.")
    canvas.dialog().get_by_role("button", name="Stop the journey").click()

    expect(canvas.page.locator(".version-button")).to_contain_text("Stopped")
    version.refresh_from_db()
    assert version.status == "stopped"
