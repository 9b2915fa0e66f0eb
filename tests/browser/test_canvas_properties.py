"""What holds for a journey as a whole: its properties, beside the canvas while nothing is chosen."""

from playwright.sync_api import expect

from designer.actions.set_tags import set_tags
from designer.models import Role
from engine import clock
from engine.models import RuleSet
from tests.browser.canvas import PATIENCE
from tests.browser.conftest import member
from tests.cast import graph, node
from tests.processes import wait_until

WELCOME = graph([node("event-1", event="SignedUp"), node("wait-1", duration="P1D")], "event-1 > wait-1")


def properties(canvas):
    """A click where nothing stands."""
    canvas.page.mouse.click(*canvas.spot(300, 80))
    panel = canvas.page.get_by_role("complementary", name="Journey properties")
    expect(panel).to_be_visible()
    return panel


def kept(version):
    version.refresh_from_db()
    return version.properties


def test_a_changed_property_is_there_after_a_reload(draft, opened):
    version = draft(WELCOME)
    canvas = opened(version, timezone_id="Europe/Paris")
    panel = properties(canvas)

    panel.get_by_label("Re-entrance wait period: Amount").fill("3")
    panel.get_by_label("Re-entrance wait period: Unit").select_option("days")
    panel.get_by_label("Start date").fill("2026-12-01T09:00")
    expect(canvas.field("starts_at")).to_contain_text("Europe/Paris, UTC+01:00")
    canvas.field("time_zone").locator(".picker").click()
    canvas.type("kolk")
    canvas.press("Enter")
    canvas.is_saved()
    canvas.page.reload()
    properties(canvas)

    expect(panel.get_by_label("Re-entrance wait period: Amount")).to_have_value("3")
    expect(panel.get_by_label("Re-entrance wait period: Unit")).to_have_value("days")
    expect(panel.get_by_label("Start date", exact=True)).to_have_value("2026-12-01T09:00")
    expect(canvas.field("time_zone").locator(".picker")).to_contain_text("Asia/Kolkata")
    assert kept(version) == {
        "reentrance_wait": "P3D",
        "starts_at": "2026-12-01T08:00:00Z",
        "time_zone": "Asia/Kolkata",
    }


def test_a_changed_property_is_undone_and_done_again_with_the_steps(draft, opened):
    version = draft(WELCOME)
    canvas = opened(version)
    panel = properties(canvas)

    panel.get_by_role("switch", name="Allow re-entrance").uncheck(force=True)
    expect(canvas.field("reentrance_wait")).to_have_count(0)
    canvas.click_step("wait-1")
    canvas.press("Delete")
    canvas.sees(steps=["event-1"])
    canvas.button("Undo").click()
    canvas.sees(steps=["event-1", "wait-1"])
    properties(canvas)
    expect(panel.get_by_role("switch", name="Allow re-entrance")).not_to_be_checked()
    canvas.button("Undo").click()

    expect(panel.get_by_role("switch", name="Allow re-entrance")).to_be_checked()
    wait_until(lambda: kept(version) == {}, "it is saved as it was", patience=PATIENCE)
    canvas.button("Redo").click()
    expect(panel.get_by_role("switch", name="Allow re-entrance")).not_to_be_checked()
    wait_until(lambda: kept(version) == {"reentrance": False}, "it is saved again", patience=PATIENCE)


def test_an_exit_criterion_with_a_condition(draft, opened):
    version = draft(WELCOME)
    canvas = opened(version)
    panel = properties(canvas)

    canvas.button("Add exit criterion").click()
    canvas.fill("exit_criteria.0.label", "Bought something large")
    canvas.field("exit_criteria.0.event").locator(".picker").click()
    canvas.type("OrderPlaced")
    canvas.press("Enter")
    canvas.write("exit_criteria.0.condition", "@event{OrderPlaced.properties.total}")
    expect(canvas.field("exit_criteria.0.condition").locator(".verdict")).to_contain_text("boolean")
    canvas.write("exit_criteria.0.condition", "@event{OrderPlaced.properties.total} > 100")
    expect(canvas.field("exit_criteria.0.condition").locator(".verdict p")).to_have_count(0)

    expect(canvas.page.locator(".problems-button")).to_have_count(0)
    canvas.is_saved()
    assert kept(version)["exit_criteria"] == [
        {
            "label": "Bought something large",
            "event": "OrderPlaced",
            "audience": "",
            "behaviour": "enter",
            "condition": "@event{OrderPlaced.properties.total} > 100",
        }
    ]
    panel.get_by_role("button", name="Remove: Exit criterion 1").click()
    expect(canvas.field("exit_criteria.0.label")).to_have_count(0)


def test_a_problem_of_a_property_leads_to_its_field(draft, opened):
    canvas = opened(draft(WELCOME))
    properties(canvas)
    canvas.button("Add exit criterion").click()
    canvas.fill("exit_criteria.0.label", "Gone")
    problems = canvas.page.locator(".problems-button")
    expect(problems).to_be_visible()
    canvas.click_step("wait-1")

    problems.click()
    canvas.page.get_by_role("region", name="Problems").get_by_role(
        "button", name="Exit criteria 1: Choose an event or an audience."
    ).click()

    expect(canvas.field("exit_criteria.0.event").locator(".picker")).to_be_focused()
    expect(canvas.field("exit_criteria.0.event").locator(".picker")).to_have_attribute("aria-invalid", "true")
    assert canvas.chosen() == []


def test_what_somebody_else_made_of_the_properties_is_seen_and_may_be_kept(draft, opened):
    version = draft(WELCOME)
    mine = opened(version)
    theirs = opened(version, beside=mine)
    mine.forgive("412")
    properties(theirs).get_by_role("switch", name="Use the time zone of each person").check(force=True)
    wait_until(lambda: kept(version) == {"profile_time_zone": True}, "theirs is saved", patience=PATIENCE)

    properties(mine).get_by_role("switch", name="Allow re-entrance").uncheck(force=True)
    mine.dialog().get_by_role("button", name="Take theirs Shows").click()

    panel = mine.page.get_by_role("complementary", name="Journey properties")
    expect(panel.get_by_role("switch", name="Use the time zone of each person")).to_be_checked()
    expect(panel.get_by_role("switch", name="Allow re-entrance")).to_be_checked()
    assert kept(version) == {"profile_time_zone": True}


def test_a_published_version_shows_its_properties_and_keeps_them(live, opened):
    version = live(WELCOME)
    canvas = opened(version)
    panel = properties(canvas)

    expect(panel.get_by_label("Re-entrance wait period: Amount")).not_to_be_editable()
    expect(panel.get_by_label("Start date", exact=True)).not_to_be_editable()
    expect(panel.get_by_role("switch", name="Allow re-entrance")).to_be_disabled()
    expect(canvas.field("time_zone").locator(".picker")).to_be_disabled()
    expect(canvas.button("Add exit criterion")).to_have_count(0)
    panel.get_by_text("Technical details").click()
    panel.get_by_role("button", name="Copy details").click()

    expect(canvas.page.get_by_text("Copied").first).to_be_visible()
    copied = canvas.page.evaluate("navigator.clipboard.readText()")
    assert f"Version id: {version.pk}" in copied
    assert "Version: 1.0 · Live" in copied


def tags(version):
    return [tag.name for tag in version.journey.tags.all()]


def test_tags_are_typed_or_chosen_and_kept_in_any_status(draft, live, opened, ada):
    set_tags(draft(WELCOME, name="Other").journey, ["Spring sale", "vip"], by=ada, now=clock.now())
    version = live(WELCOME)
    canvas = opened(version)
    panel = properties(canvas)
    field = panel.get_by_role("combobox", name="Tags")

    field.click()
    canvas.type("Onboarding")
    expect(panel.locator(".tags-list li")).to_have_text(["New tag “Onboarding”"])
    canvas.press("Enter")
    canvas.type("VIP")
    canvas.press("Enter")
    canvas.type("sale")
    panel.get_by_role("option", name="Spring sale").click()
    wait_until(lambda: tags(version) == ["Onboarding", "Spring sale", "vip"], "all three", patience=PATIENCE)

    panel.get_by_role("button", name="Remove the tag Onboarding").click()
    expect(field).to_be_focused()
    canvas.press("Backspace")
    wait_until(lambda: tags(version) == ["Spring sale"], "one is left", patience=PATIENCE)
    canvas.page.reload()
    expect(properties(canvas).locator(".tags .value-chip")).to_have_text(["Spring sale"])


def test_name_and_description_are_changed_beside_the_tags(live, opened):
    version = live(WELCOME)
    canvas = opened(version)
    panel = properties(canvas)

    panel.get_by_label("Journey name").fill("Hello")
    panel.get_by_label("Description").fill("For who is new.")
    panel.get_by_role("combobox", name="Tags").fill("new")
    canvas.press("Enter")

    def is_kept():
        version.journey.refresh_from_db()
        kept = (version.journey.name, version.journey.description, tags(version))
        return kept == ("Hello", "For who is new.", ["new"])

    wait_until(is_kept, "all of it is kept", patience=PATIENCE)


def test_a_viewer_sees_tags_and_cannot_change_them(live, opened, shop, ada):
    version = live(WELCOME)
    set_tags(version.journey, ["vip"], by=ada, now=clock.now())
    canvas = opened(version, user=member("victor", shop, Role.VIEWER))

    panel = properties(canvas)

    expect(panel.locator(".tags .value-chip")).to_have_text(["vip"])
    expect(panel.get_by_role("combobox", name="Tags")).to_have_count(0)
    expect(panel.get_by_role("button", name="Remove the tag vip")).to_have_count(0)


def test_a_rule_set_is_chosen_among_those_of_the_sandbox(draft, opened, shop):
    RuleSet.objects.create(sandbox=shop.sandbox, name="Gentle", entries_per_day=2, journeys_at_once=1)
    version = draft(WELCOME)
    canvas = opened(version)
    panel = properties(canvas)

    panel.get_by_label("Rule set").select_option("Gentle")
    expect(canvas.field("rule_set")).to_contain_text("At most 2 entries a day, 1 journey at once, for one person.")
    panel.get_by_label("Priority").fill("70")
    canvas.is_saved()
    RuleSet.objects.update(name="Mild")
    canvas.page.reload()
    properties(canvas)

    assert kept(version) == {"rule_set": "Gentle", "priority": 70}
    expect(panel.get_by_label("Rule set")).to_have_value("Gentle")
    expect(canvas.field("rule_set")).to_contain_text("There is no rule set 'Gentle'.")


def test_a_marketer_sees_the_timeout_of_actions_and_changes_the_rest(draft, opened, shop):
    version = draft(WELCOME)
    canvas = opened(version, user=member("tom", shop, "marketer"))
    panel = properties(canvas)

    expect(panel.get_by_label("Timeout of actions: Amount")).to_have_attribute("readonly", "")
    expect(panel.get_by_label("Timeout of actions: Unit")).to_be_disabled()
    panel.get_by_label("Priority").fill("5")
    canvas.is_saved()

    assert kept(version) == {"priority": 5}


def test_the_exit_criteria_are_counted_above_the_canvas_and_a_click_leads_to_them(draft, opened):
    canvas = opened(draft(WELCOME))
    canvas.button("Exit criteria: none").click()
    canvas.button("Add exit criterion").click()
    canvas.fill("exit_criteria.0.label", "Gone")
    canvas.click_step("wait-1")

    canvas.button("Exit criteria: 1").click()

    expect(canvas.field("exit_criteria.0.label").locator("input")).to_be_in_viewport()


def test_technical_details_are_shown_for_everything_or_for_nothing(draft, opened):
    canvas = opened(draft(WELCOME))
    canvas.click_step("wait-1")
    panel = canvas.page.get_by_role("complementary")
    expect(panel.get_by_text("wait-1", exact=True)).to_be_hidden()

    panel.get_by_text("Technical details").click()
    expect(panel.get_by_text("wait-1", exact=True)).to_be_visible()
    canvas.click_step("event-1")
    expect(panel.get_by_text("event-1", exact=True)).to_be_visible()
    canvas.page.reload()
    expect(properties(canvas).get_by_role("button", name="Copy details")).to_be_visible()
