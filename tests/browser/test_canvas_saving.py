"""Saving by itself: nobody's work is lost, whoever else works, and when the server is gone."""

import pytest
from playwright.sync_api import expect

from tests.cast import graph, node
from tests.processes import wait_until

START = graph([node("event-1", event="SignedUp")])


def kept(version) -> list[str]:
    version.refresh_from_db()
    return sorted(one["id"] for one in version.graph["nodes"])


@pytest.fixture
def two(draft, opened):
    """The same draft in two tabs; the first has saved a wait, the second has just drawn an e-mail and is told."""
    version = draft(START)
    first = opened(version)
    second = opened(version, beside=first)
    second.forgive("412")
    first.palette("wait").dblclick()
    first.is_saved()
    wait_until(lambda: kept(version) == ["event-1", "wait-1"], "the wait is kept", lambda: str(kept(version)))
    second.page.bring_to_front()
    second.palette("email").dblclick()
    expect(second.dialog().get_by_role("heading")).to_have_text("This version was changed elsewhere")
    assert kept(version) == ["event-1", "wait-1"]
    return version, first, second


def test_who_keeps_theirs_saves_over_the_other_and_can_still_get_it_back(two):
    version, first, second = two
    first.forgive("412")

    second.page.get_by_role("button", name="Keep mine").click()
    second.is_saved()
    wait_until(lambda: kept(version) == ["email-1", "event-1"], "mine is kept", lambda: str(kept(version)))
    second.press("ControlOrMeta+z")
    second.sees(steps=["event-1", "wait-1"])
    wait_until(lambda: kept(version) == ["event-1", "wait-1"], "theirs is back", lambda: str(kept(version)))

    first.page.bring_to_front()
    first.palette("condition").dblclick()
    expect(first.dialog()).to_contain_text("ada saved another state of it")


def test_who_takes_theirs_sees_it_and_can_still_get_the_own_back(two):
    version, _, second = two

    second.page.get_by_role("button", name="Take theirs").first.click()
    second.sees(steps=["event-1", "wait-1"])
    second.is_saved()
    assert kept(version) == ["event-1", "wait-1"]
    second.press("ControlOrMeta+z")

    second.sees(steps=["event-1", "email-1"])
    wait_until(lambda: kept(version) == ["email-1", "event-1"], "mine is kept now", lambda: str(kept(version)))


def test_who_takes_theirs_can_paste_the_own_into_it(two):
    version, _, second = two

    second.page.get_by_role("button", name="Copy mine, then take theirs").click()
    second.sees(steps=["event-1", "wait-1"])
    second.press("ControlOrMeta+v")

    second.sees(steps=["event-1", "wait-1", "event-2", "email-1"])
    wait_until(lambda: "email-1" in kept(version), "both are kept", lambda: str(kept(version)))


def test_a_server_that_is_gone_takes_no_work_with_it(draft, opened, product):
    version = draft(START)
    canvas = opened(version)
    canvas.forgive("ERR_CONNECTION", "WebSocket")

    product.stop("web")
    canvas.palette("wait").dblclick()
    expect(canvas.page.locator('.save-mark[data-save="offline"]')).to_contain_text("Offline, will retry")
    canvas.palette("email").dblclick()
    canvas.sees(steps=["event-1", "wait-1", "email-1"])
    product.start("web")

    canvas.is_saved()
    assert kept(version) == ["email-1", "event-1", "wait-1"]


def test_a_draft_that_somebody_published_meanwhile_is_not_written_over(draft, opened, ada):
    from designer.actions.publish import publish
    from engine import clock

    version = draft(graph([node("event-1", event="SignedUp"), node("wait-1", duration="P1D")], "event-1 > wait-1"))
    canvas = opened(version)
    canvas.forgive("409")
    publish(version, by=ada, now=clock.now())

    canvas.palette("email").dblclick()

    expect(canvas.page.locator('.save-mark[data-save="failed"]')).to_contain_text("Not saved")
    expect(canvas.page.get_by_text("This version is no longer a draft").first).to_be_visible()
    assert kept(version) == ["event-1", "wait-1"]


def test_a_journey_that_is_not_there_says_so(draft, opened):
    version = draft(START)
    canvas = opened(version)
    canvas.forgive("404")
    canvas.page.route(
        "**/api/versions/*/",
        lambda route: route.continue_(url=route.request.url.replace(f"/{version.pk}/", "/999999/")),
    )

    canvas.page.reload()

    expect(canvas.page.get_by_role("heading", name="The journey could not be loaded")).to_be_visible()
    canvas.page.unroute("**/api/versions/*/")
    canvas.button("Try again").click()
    expect(canvas.step("event-1")).to_be_visible()
