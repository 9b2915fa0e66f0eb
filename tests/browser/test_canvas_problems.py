"""What is wrong is said where it is, and stands between a draft and its people."""

from playwright.sync_api import expect

from tests.browser.events import identify
from tests.cast import graph, node


def faulty():
    return graph(
        [
            node("event-1", event="SignedUp"),
            node(
                "condition-1",
                paths=[{"id": "vip", "label": "VIP", "condition": "@event{SignedUp.properties.total} > "}],
            ),
            node("email-1", text="Hello"),
            node("wait-1", duration="P1D"),
        ],
        "event-1 > condition-1",
        "condition-1.vip > email-1",
    )


def test_a_click_on_a_problem_leads_to_its_field(draft, opened):
    canvas = opened(draft(faulty()))

    expect(canvas.button("Publish")).to_be_enabled()
    canvas.button("Publish").click()
    problems = canvas.page.get_by_role("region", name="Problems")
    expect(problems).to_contain_text("This version cannot be published yet.")
    problems.get_by_role("button", name="Subject is empty.").click()
    expect(canvas.field("subject").locator("textarea")).to_be_focused()
    assert canvas.chosen() == ["email-1"]
    expect(canvas.field("subject").locator("textarea")).to_have_attribute("aria-invalid", "true")

    problems.get_by_role("button", name="Nothing leads to this activity.").click()
    expect(canvas.step("wait-1")).to_be_focused()
    expect(canvas.page.get_by_label("Wait", exact=True).get_by_text("Draw a line to it, or delete it.")).to_be_visible()


def test_the_badge_of_a_step_counts_its_problems_and_leads_to_the_first(draft, opened):
    canvas = opened(draft(faulty()))

    badge = canvas.step("condition-1").get_by_role("button", name="1 error")
    badge.click()

    expect(canvas.field("paths.0.condition").locator(".cm-content")).to_be_focused()
    expect(canvas.field("paths.0.condition").locator(".verdict")).to_contain_text("The expression ends too early")
    expect(canvas.field("paths.0.condition").locator(".cm-lintRange-error")).to_be_visible()


def test_an_expression_is_helped_along_and_judged_while_it_is_written(draft, opened):
    canvas = opened(draft(faulty()))
    canvas.click_step("condition-1")
    field = canvas.field("paths.0.condition")
    editor = field.locator(".cm-content")

    editor.click()
    canvas.press("ControlOrMeta+a")
    canvas.type("@event")
    offered = canvas.page.locator(".cm-tooltip-autocomplete")
    expect(offered.get_by_text("SignedUp.properties.order_id")).to_be_visible()
    canvas.type("{SignedUp.properties.to")
    expect(offered.locator("li")).to_have_count(1)
    canvas.press("Enter")
    expect(editor).to_have_text("@event{SignedUp.properties.total}")
    expect(field.locator(".verdict")).to_contain_text("boolean")
    canvas.press("End")
    canvas.type(" > 100")

    expect(field.locator(".verdict p")).to_have_count(0)
    expect(canvas.step("condition-1").locator(".badge")).to_have_count(0)


def test_what_is_mended_can_be_published_after_a_last_question(draft, opened):
    version = draft(faulty())
    canvas = opened(version)

    canvas.click_step("wait-1")
    canvas.press("Delete")
    canvas.click_step("condition-1")
    canvas.write("paths.0.condition", "@event{SignedUp.properties.total} > 100")
    canvas.click_step("email-1")
    canvas.fill("subject", "Hello {{ profile.first_name }}")
    expect(canvas.page.locator(".problems-button")).to_have_count(0)
    canvas.button("Publish").click()
    expect(canvas.dialog().get_by_role("heading")).to_have_text("Publish version 1.0?")
    expect(canvas.dialog()).to_contain_text("People who qualify enter version 1.0 from now on.")
    canvas.press("Escape")
    version.refresh_from_db()
    assert version.status == "draft"
    canvas.button("Publish").click()
    expect(canvas.dialog().get_by_role("button", name="Publish")).to_be_focused()
    canvas.press("Enter")

    expect(canvas.page.locator(".version-button")).to_contain_text("Live")
    expect(canvas.page.get_by_text("Published. People can enter now.").first).to_be_visible()
    version.refresh_from_db()
    assert version.status == "live"


def test_what_the_server_does_not_know_is_shown_as_broken_and_kept(draft, opened):
    strange = {"id": "teleport-1", "type": "teleport", "settings": {"to": "mars"}}
    version = draft(graph([node("event-1", event="SignedUp"), strange], "event-1 > teleport-1"))
    canvas = opened(version)

    expect(canvas.step("teleport-1")).to_contain_text("Unknown activity")
    canvas.click_step("teleport-1")
    expect(canvas.page.get_by_text("This server does not know the activity “teleport”.")).to_be_visible()
    canvas.page.get_by_label("Label", exact=True).fill("Beam up")
    canvas.is_saved()

    version.refresh_from_db()
    kept = {one["id"]: one for one in version.graph["nodes"]}["teleport-1"]
    assert (kept["label"], kept["settings"]) == ("Beam up", {"to": "mars"})


def test_a_message_is_previewed_for_a_real_person(draft, opened, shop, product):
    identify(product, shop, "ana", email="ana@example.org", first_name="Ana")
    letter = graph(
        [
            node("event-1", event="SignedUp"),
            node(
                "email-1", subject="Hello {{ profile.first_name }}", html="<h1>Welcome, {{ profile.first_name }}</h1>"
            ),
        ],
        "event-1 > email-1",
    )
    canvas = opened(draft(letter))

    canvas.click_step("email-1")
    canvas.button("Preview").click()
    canvas.page.get_by_role("combobox").fill("ana")
    canvas.page.get_by_role("option", name="ana@example.org").click()

    expect(canvas.dialog().locator(".preview-head")).to_contain_text("Hello Ana")
    expect(canvas.dialog().locator(".preview-head")).to_contain_text("ana@example.org")
    expect(canvas.dialog().frame_locator("iframe").get_by_role("heading")).to_have_text("Welcome, Ana")
    canvas.dialog().get_by_role("tab", name="Text").click()
    expect(canvas.dialog().locator("pre")).to_have_text("Welcome, Ana")


def test_errors_stand_before_warnings_with_their_codes_and_can_be_copied(draft, opened):
    canvas = opened(draft(faulty()))
    canvas.page.locator(".problems-button").click()
    problems = canvas.page.get_by_role("region", name="Problems")

    shown = problems.get_by_role("listitem").all_inner_texts()
    places = [text.rpartition("\n")[2].split(" · ")[0] for text in shown]
    assert places == sorted(places, key=["Journey", "Event", "Condition", "E-mail", "Wait"].index)
    problems.get_by_role("button", name="Copy details").click()

    expect(canvas.page.get_by_text("Copied").first).to_be_visible()
    copied = canvas.page.evaluate("navigator.clipboard.readText()").splitlines()
    assert len(copied) == len(shown)
    assert all(line.startswith("ERROR | ERR_") for line in copied)


def test_a_draft_with_little_room_left_says_so_and_where_it_went(draft, opened):
    large = "x" * 3_800_000
    canvas = opened(draft(graph([node("event-1", event="SignedUp"), node("email-1", html=large)], "event-1 > email-1")))

    mark = canvas.page.get_by_role("button", name="3.6 MB of 4 MB. The largest step is “E-mail”, 3.6 MB.")
    mark.click()

    assert canvas.chosen() == ["email-1"]
    badge = canvas.step("email-1").get_by_role("button", name="1 warning")
    expect(badge).to_be_visible()

    canvas.forgive("413")
    canvas.field("html").locator("textarea").fill("x" * 4_300_000)
    expect(canvas.page.locator('.save-mark[data-save="failed"]')).to_be_visible()
    canvas.page.locator(".problems-button.is-error").last.click()
    problems = canvas.page.get_by_role("region", name="Problems")
    expect(problems).to_contain_text("The largest step is “E-mail” (E-mail, email-1) with 4,300,")
    expect(problems).to_contain_text("ERR_PAYLOAD_LARGE")

    canvas.field("html").locator("textarea").fill("Hello")
    canvas.is_saved()
    expect(canvas.page.get_by_text("ERR_PAYLOAD_LARGE")).to_have_count(0)
