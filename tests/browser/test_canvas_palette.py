"""The palette: what it lists, folds and remembers."""

from playwright.sync_api import expect

from tests.cast import graph, node

BEGUN = graph([node("event-1", event="SignedUp")])


def listed(canvas):
    return [one.get_attribute("data-activity") for one in canvas.page.locator(".palette-item").all()]


def test_only_what_may_stand_now_is_listed_until_one_asks_for_the_rest(draft, opened):
    canvas = opened(draft())
    expect(canvas.palette("event")).to_be_visible()
    assert "email" not in listed(canvas)

    canvas.button("Which activities are listed").click()
    canvas.page.get_by_role("switch", name="Only what may stand now").uncheck(force=True)
    canvas.press("Escape")
    expect(canvas.palette("email")).to_have_attribute("aria-disabled", "true")
    canvas.page.reload()

    expect(canvas.palette("email")).to_have_attribute("aria-disabled", "true")


def test_once_a_journey_has_begun_everything_in_its_flow_is_listed(draft, opened):
    canvas = opened(draft())

    canvas.palette("event").dblclick()

    expect(canvas.palette("email")).to_have_attribute("aria-disabled", "false")
    expect(canvas.palette("wait")).to_be_visible()


def test_the_last_five_kinds_are_listed_alone(draft, opened):
    canvas = opened(draft(BEGUN))
    canvas.button("Which activities are listed").click()
    canvas.page.get_by_role("switch", name="Only the last used").check(force=True)
    canvas.press("Escape")
    expect(canvas.page.get_by_text("You have not used any yet.")).to_be_visible()
    canvas.button("Which activities are listed").click()
    canvas.page.get_by_role("switch", name="Only the last used").uncheck(force=True)
    canvas.press("Escape")

    used = ["wait", "email", "condition", "event", "percentage-split", "wait", "custom-action"]
    for at, kind in enumerate(used):
        canvas.palette(kind).dblclick()
        expect(canvas.page.locator(".react-flow__node-step")).to_have_count(at + 2)
    canvas.button("Which activities are listed").click()
    canvas.page.get_by_role("switch", name="Only the last used").check(force=True)
    canvas.press("Escape")

    expect(canvas.page.locator(".palette-item")).to_have_count(5)
    assert set(listed(canvas)) == {"custom-action", "wait", "percentage-split", "event", "condition"}
    canvas.page.reload()
    expect(canvas.page.locator(".palette-item")).to_have_count(5)


def test_a_group_is_folded_and_stays_so(draft, opened):
    canvas = opened(draft(BEGUN))
    fold = canvas.page.get_by_role("button", name="Messages", exact=True)

    fold.click()
    expect(canvas.palette("email")).to_have_count(0)
    canvas.page.reload()
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(canvas.palette("email")).to_have_count(0)
    canvas.page.get_by_role("searchbox", name="Search activities").fill("mail")

    expect(canvas.palette("email")).to_be_visible()
