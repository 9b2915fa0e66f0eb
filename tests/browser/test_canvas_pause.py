"""A pause, from the canvas: asked for with what it means for people, seen as long as it lasts, ended."""

from datetime import timedelta

from playwright.sync_api import expect

from designer.actions.pause import pause
from designer.actions.resume import resume
from designer.actions.set_attribute_exit import set_attribute_exit
from designer.models import Role
from engine import clock
from engine.models import Definition
from tests.browser.conftest import member
from tests.browser.events import identify, track
from tests.browser.test_canvas_properties import properties
from tests.cast import graph, node

LETTER = graph(
    [node("event-1", event="SignedUp"), node("wait-1", duration="P1D"), node("email-1", subject="Hi", text="Hello")],
    "event-1 > wait-1",
    "wait-1 > email-1",
)


def test_a_version_is_paused_with_discard_for_three_days_and_resumed(live, opened, shop, product):
    version = live(LETTER)
    canvas = opened(version)
    track(product, shop, "SignedUp", "ana", "ben")
    expect(canvas.count("wait-1", "Waiting here")).to_have_text("2")

    canvas.menu("Pause")
    dialog = canvas.dialog()
    expect(dialog.get_by_role("heading")).to_have_text("Pause version 1.0?")
    expect(dialog).to_contain_text("2 people are inside.")
    dialog.get_by_label("Take them out").check()
    days = dialog.get_by_label("Days until it resumes by itself")
    days.fill("15")
    expect(dialog).to_contain_text("Enter a whole number from 1 to 14.")
    expect(dialog.get_by_role("button", name="Pause", exact=True)).to_be_disabled()
    days.fill("3")
    dialog.get_by_role("button", name="Pause", exact=True).click()

    banner = canvas.page.get_by_role("region", name="Paused")
    expect(banner).to_contain_text("by ada. Nobody enters. Those inside are taken out at the next step that acts.")
    expect(canvas.page.locator(".version-button")).to_contain_text("Paused")
    expect(canvas.page.get_by_text("Read only")).to_be_visible()
    version.refresh_from_db()
    assert (version.status, version.pause_mode) == ("paused", "discard")
    assert version.resumes_at - version.paused_at == timedelta(days=3)

    banner.get_by_role("button", name="Resume").click()
    expect(canvas.dialog()).to_contain_text("People who qualify enter again.")
    canvas.dialog().get_by_role("button", name="Resume").click()
    expect(canvas.page.locator(".version-button")).to_contain_text("Live")
    expect(banner).to_have_count(0)
    version.refresh_from_db()
    assert version.status == "live"


def test_a_pause_is_seen_by_who_may_not_end_it_and_its_end_comes_by_itself(live, opened, shop, ada):
    version = live(LETTER)
    canvas = opened(version, user=member("victor", shop, Role.VIEWER))
    expect(canvas.page.locator(".version-button")).to_contain_text("Live")

    pause(version, by=ada, now=clock.now(), mode="hold", days=14)
    banner = canvas.page.get_by_role("region", name="Paused")
    expect(banner).to_contain_text("Nobody is held now.")
    expect(banner.get_by_role("button")).to_have_count(0)
    canvas.button("More actions").click()
    expect(canvas.page.get_by_role("menuitem", name="Resume")).to_have_count(0)
    canvas.press("Escape")

    resume(version, by=ada, now=clock.now())
    expect(canvas.page.locator(".version-button")).to_contain_text("Live")
    expect(banner).to_have_count(0)


def exit_by_attribute(canvas):
    return properties(canvas).get_by_role("region", name="By attribute")


def in_force(version):
    return Definition.objects.get(version_id=version.pk).attribute_exit


def test_who_leaves_by_an_attribute_is_said_on_the_canvas_while_the_version_is_paused(live, opened, shop, product, ada):
    identify(product, shop, "ana", tier="gold")
    version = live(LETTER)
    pause(version, by=ada, now=clock.now(), mode="hold", days=14)
    canvas = opened(version)
    section = exit_by_attribute(canvas)

    canvas.button("Add a criterion by attribute").click()
    expect(canvas.button("Update journey")).to_be_disabled()
    canvas.fill("label", "Gold")
    canvas.write("condition", "@event{SignedUp.properties.total} > 1")
    expect(canvas.field("condition").locator(".verdict .is-error")).to_be_visible()
    canvas.forgive("422")
    canvas.button("Update journey").click()
    expect(section.get_by_role("alert")).to_have_text("The exit criterion cannot be used. Correct its condition.")
    expect(section).to_contain_text("Not in force yet")
    assert in_force(version) == {}

    canvas.field("condition").locator(".cm-content").click()
    canvas.press("ControlOrMeta+a")
    canvas.type("#{Profile.attributes.ti")
    expect(canvas.page.locator(".cm-tooltip-autocomplete li")).to_have_count(1)
    canvas.press("Enter")
    canvas.write("condition", '#{Profile.attributes.tier} == "gold"')
    canvas.button("Update journey").click()
    expect(section).to_contain_text("In force")
    assert in_force(version) == {"label": "Gold", "condition": '#{Profile.attributes.tier} == "gold"'}
    assert canvas.button("Update journey").count() == 0

    canvas.page.reload()
    section = exit_by_attribute(canvas)
    expect(section.get_by_label("Label")).to_have_value("Gold")
    canvas.button("Remove the criterion by attribute").click()
    expect(section).to_contain_text("Nobody leaves by an attribute any more, once the journey is updated.")
    canvas.button("Undo the change").click()
    expect(section.get_by_label("Label")).to_have_value("Gold")
    canvas.button("Remove the criterion by attribute").click()
    canvas.button("Update journey").click()
    expect(canvas.page.get_by_text("Updated. Nobody leaves by an attribute.").first).to_be_visible()
    assert in_force(version) == {}


def test_who_leaves_by_an_attribute_is_seen_but_not_changed_otherwise(draft, live, opened, shop, ada):
    canvas = opened(draft(LETTER, name="Not yet"))
    section = exit_by_attribute(canvas)
    expect(canvas.button("Add a criterion by attribute")).to_be_disabled()
    expect(section).to_contain_text("Can only be set while the version is paused.")

    version = live(LETTER)
    pause(version, by=ada, now=clock.now(), mode="hold", days=14)
    gold = {"label": "Gold", "condition": '#{Profile.attributes.tier} == "gold"'}
    set_attribute_exit(version, by=ada, now=clock.now(), **gold)
    victor = opened(version, user=member("victor", shop, Role.VIEWER))
    section = exit_by_attribute(victor)
    expect(section.get_by_label("Label")).not_to_be_editable()
    expect(section).to_contain_text("You may look at this journey, not change it.")
    expect(section.get_by_role("button", name="Remove")).to_have_count(0)


def test_a_criterion_that_is_not_in_force_yet_is_not_lost_while_a_step_is_looked_at(live, opened, ada):
    version = live(LETTER)
    pause(version, by=ada, now=clock.now(), mode="hold", days=14)
    canvas = opened(version)
    exit_by_attribute(canvas)
    canvas.button("Add a criterion by attribute").click()
    canvas.fill("label", "Gold")

    canvas.click_step("wait-1")
    section = exit_by_attribute(canvas)

    expect(section.get_by_label("Label")).to_have_value("Gold")
