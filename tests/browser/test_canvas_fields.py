"""Hours, days and days of the week are typed in fields of their own kind, whatever the activity."""

from playwright.sync_api import expect

from tests.browser.canvas import PATIENCE
from tests.cast import graph, node
from tests.processes import wait_until


def settings(version, name):
    version.refresh_from_db()
    return {one["id"]: one for one in version.graph["nodes"]}[name]["settings"]


def test_hours_and_days_of_the_week_of_a_time_condition(draft, opened):
    path = {"id": "path-1", "label": "Evening", "starts": "09:00", "ends": "12:00", "days": []}
    version = draft(
        graph([node("event-1", event="SignedUp"), node("time-condition-1", paths=[path])], "event-1 > time-condition-1")
    )
    canvas = opened(version)
    canvas.click_step("time-condition-1")

    canvas.fill("paths.0.starts", "18:3")
    expect(canvas.field("paths.0.starts")).to_contain_text("An hour is needed, such as 09:30.")
    canvas.fill("paths.0.starts", "1830")
    canvas.fill("paths.0.ends", "24:00")
    canvas.press("Tab")
    expect(canvas.field("paths.0.starts").locator("input")).to_have_value("18:30")
    days = canvas.field("paths.0.days")
    for day in ("Friday", "Monday", "Sunday"):
        days.get_by_role("button", name=day).click()
    days.get_by_role("button", name="Sunday").press("Space")

    expect(days.locator('[aria-pressed="true"]')).to_have_count(2)
    wanted = {**path, "starts": "18:30", "ends": "24:00", "days": ["monday", "friday"]}
    wait_until(lambda: settings(version, "time-condition-1")["paths"] == [wanted], "it is kept", patience=PATIENCE)
    canvas.fill("paths.0.ends", "18:30")
    expect(canvas.field("paths.0")).to_contain_text("It begins and ends at the same time.")


def test_the_first_and_last_day_of_a_date_condition(draft, opened):
    path = {"id": "path-1", "label": "December", "first": "2026-12-01", "last": None}
    version = draft(
        graph([node("event-1", event="SignedUp"), node("date-condition-1", paths=[path])], "event-1 > date-condition-1")
    )
    canvas = opened(version)
    canvas.click_step("date-condition-1")

    expect(canvas.field("paths.0.first").locator("input")).to_have_value("2026-12-01")
    canvas.fill("paths.0.last", "2026-12-24")
    canvas.button("Remove: First day").click()
    expect(canvas.field("paths.0.first").locator("input")).to_be_focused()

    wanted = {**path, "first": None, "last": "2026-12-24"}
    wait_until(lambda: settings(version, "date-condition-1")["paths"] == [wanted], "it is kept", patience=PATIENCE)
