"""A pause, from the canvas: asked for with what it means for people, seen as long as it lasts, ended."""

from datetime import timedelta

from playwright.sync_api import expect

from designer.actions.pause import pause
from designer.actions.resume import resume
from designer.models import Role
from engine import clock
from tests.browser.conftest import member
from tests.browser.events import track
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
