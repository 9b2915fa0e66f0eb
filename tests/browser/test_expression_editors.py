"""Conditions are written in the editor: in rows by who does not want a language, as a text by who does."""

import re

import pytest
from playwright.sync_api import Locator, expect

from engine.models import Event
from tests.browser.canvas import PATIENCE, Canvas
from tests.browser.events import identify, track
from tests.cast import graph, node
from tests.processes import wait_until

CONDITION = "paths.0.condition"
TOTAL = "@event{SignedUp.properties.total}"


def deciding(condition: str = ""):
    paths = [{"id": "big", "label": "Big", "condition": condition}]
    return graph([node("event-1", event="SignedUp"), node("condition-1", paths=paths)], "event-1 > condition-1")


@pytest.fixture
def editing(draft, opened):
    """The editor of a condition, open."""

    def open_(condition: str = "", **how) -> Canvas:
        canvas = opened(draft(deciding(condition)), **how)
        open_editor(canvas)
        return canvas

    return open_


def open_editor(canvas: Canvas) -> None:
    canvas.click_step("condition-1")
    canvas.field(CONDITION).get_by_role("button", name="Open the editor: Condition").click()
    expect(canvas.dialog()).to_be_visible()


def in_tree(canvas: Canvas, insert: str) -> Locator:
    return canvas.dialog().locator(f"[data-insert='{insert}']")


def condition(canvas: Canvas, number: int) -> Locator:
    return canvas.dialog().get_by_role("group", name=f"Condition {number}", exact=True)


def mode(canvas: Canvas, name: str) -> Locator:
    return canvas.dialog().get_by_role("radio", name=name)


def as_expression(canvas: Canvas) -> str:
    return canvas.dialog().locator(".as-expression code").text_content() or ""


def written(canvas: Canvas) -> Locator:
    """The text of the field in the panel."""
    return canvas.field(CONDITION).locator(".cm-content")


def test_a_condition_is_made_by_dragging_a_field_and_read_as_a_text(editing):
    canvas = editing()
    dialog = canvas.dialog()

    canvas.drag(in_tree(canvas, TOTAL), dialog.get_by_text("Drag a field here from the list"))
    expect(condition(canvas, 1).locator(".condition-field")).to_contain_text("properties.total")
    condition(canvas, 1).get_by_label("Comparison: Condition 1").select_option("is more than")
    condition(canvas, 1).get_by_label("Value: Condition 1").fill("100")
    mode(canvas, "Advanced").click()

    expect(dialog.locator(".advanced-text .cm-content")).to_have_text(f"{TOTAL} > 100")
    expect(dialog.locator(".all-fine")).to_be_visible()
    canvas.press("ControlOrMeta+Enter")
    expect(dialog).to_have_count(0)
    expect(written(canvas)).to_have_text(f"{TOTAL} > 100")


def test_what_is_applied_is_one_step_of_undo(editing):
    canvas = editing()
    in_tree(canvas, TOTAL).click()
    condition(canvas, 1).get_by_label("Value: Condition 1").fill("5")
    canvas.dialog().get_by_role("button", name="Apply").click()
    expect(written(canvas)).to_have_text(f"{TOTAL} == 5")
    open_editor(canvas)
    condition(canvas, 1).get_by_label("Value: Condition 1").fill("6")
    canvas.press("ControlOrMeta+Enter")
    expect(written(canvas)).to_have_text(f"{TOTAL} == 6")

    canvas.button("Undo").click()
    expect(written(canvas)).to_have_text(f"{TOTAL} == 5")
    canvas.button("Undo").click()
    expect(written(canvas)).not_to_contain_text("total")
    canvas.button("Redo").click()
    expect(written(canvas)).to_have_text(f"{TOTAL} == 5")
    canvas.is_saved()


def test_rows_are_grouped_negated_and_dragged_between_groups(editing):
    canvas = editing(f'{TOTAL} > 100 and (@event{{SignedUp.event}} == "a" or @event{{SignedUp.userId}} is not null)')
    dialog = canvas.dialog()
    inner = dialog.locator(".group-box.is-inner")

    inner.get_by_label("How many must be met").select_option("None of these")
    box = canvas.box(condition(canvas, 2))
    canvas.drag(condition(canvas, 1).locator(".grip"), (box["x"] + 200, box["y"] + box["height"] - 3))

    expect(inner.locator(".condition")).to_have_count(3)
    dialog.locator(".as-expression summary").click()
    assert as_expression(canvas) == (
        f'not (@event{{SignedUp.event}} == "a" or {TOTAL} > 100 or @event{{SignedUp.userId}} is not null)'
    )


def test_a_step_in_the_rows_is_taken_back(editing):
    canvas = editing(f'{TOTAL} > 100 and (@event{{SignedUp.event}} == "a" or @event{{SignedUp.userId}} is not null)')
    dialog = canvas.dialog()

    dialog.get_by_role("button", name="Remove the group: Group").click()
    expect(dialog.locator(".condition")).to_have_count(1)
    canvas.press("ControlOrMeta+z")
    expect(dialog.locator(".condition")).to_have_count(3)
    canvas.press("ControlOrMeta+Shift+z")
    expect(dialog.locator(".condition")).to_have_count(1)
    canvas.press("ControlOrMeta+z", "Escape")

    expect(dialog).to_have_count(0)


def test_the_last_value_counts_when_it_is_applied_at_once(editing):
    canvas = editing('in(@event{SignedUp.event}, ["a"])')

    condition(canvas, 1).get_by_label("Values: Condition 1").click()
    canvas.type("b, c")
    canvas.press("ControlOrMeta+Enter")

    expect(written(canvas)).to_have_text('in(@event{SignedUp.event}, ["a", "b, c"])')


def test_everything_is_done_with_the_keyboard_alone(editing):
    canvas = editing()
    dialog = canvas.dialog()
    page = canvas.page

    dialog.get_by_role("searchbox", name="Search fields").focus()
    canvas.type("total")
    canvas.press("ArrowDown", "End", "Enter")
    expect(condition(canvas, 1).locator(".condition-operator")).to_be_focused()
    canvas.press("Tab")
    canvas.type("100")
    dialog.get_by_role("button", name="Group", exact=True).focus()
    canvas.press("Enter")
    expect(condition(canvas, 2).locator(".condition-field")).to_be_focused()
    canvas.press("Enter")
    canvas.type("userId")
    canvas.press("Enter")
    page.get_by_role("button", name="Move up: Condition 2").focus()
    canvas.press("Enter")
    expect(dialog.locator(".group-box.is-inner .condition")).to_have_count(0)
    expect(page.get_by_role("button", name="Move up: Condition 2")).to_be_focused()
    canvas.press("Enter")
    expect(page.get_by_role("button", name="Move up: Condition 1")).to_be_focused()

    dialog.locator(".as-expression summary").focus()
    canvas.press("Enter")
    assert as_expression(canvas) == f'@event{{SignedUp.userId}} == "" and {TOTAL} == 100'
    canvas.press("ControlOrMeta+Enter")
    expect(written(canvas)).to_have_text(f'@event{{SignedUp.userId}} == "" and {TOTAL} == 100')


def test_what_is_not_complete_or_wrong_is_said_and_not_applied(editing):
    canvas = editing()
    dialog = canvas.dialog()

    dialog.get_by_role("button", name="Condition", exact=True).click()
    in_tree(canvas, TOTAL).click()
    value = condition(canvas, 1).get_by_label("Value: Condition 1")
    value.fill("lots")
    expect(condition(canvas, 1)).to_contain_text("A number is needed")
    value.fill("")
    dialog.get_by_role("button", name="Apply").click()
    expect(dialog.get_by_role("alert")).to_have_text("1 condition is not complete.")
    expect(value).to_be_focused()
    value.fill("7")
    dialog.get_by_role("button", name="Apply").click()

    expect(written(canvas)).to_have_text(f"{TOTAL} == 7")


def test_a_field_that_is_not_there_any_more_is_shown_as_broken(editing):
    canvas = editing('@event{Gone.properties.city} == "Oslo"')

    expect(condition(canvas, 1).locator(".condition-field")).to_contain_text("Gone.properties.city")
    expect(condition(canvas, 1)).to_contain_text("There is no event `Gone` at this place of the journey.")
    expect(condition(canvas, 1).get_by_label("Value: Condition 1")).to_have_value("Oslo")


def test_an_expression_that_rows_cannot_show_says_why(editing):
    text = f'{TOTAL} > 5 and matchRegExp(@event{{SignedUp.event}}, "Si.*")'
    canvas = editing(text)
    dialog = canvas.dialog()

    expect(dialog.locator(".no-rows")).to_contain_text("`matchRegExp` cannot be shown as a row.")
    expect(dialog.locator("mark")).to_have_text('matchRegExp(@event{SignedUp.event}, "Si.*")')
    dialog.get_by_role("button", name="Open in the advanced editor").click()
    expect(dialog.locator(".advanced-text .cm-content")).to_have_text(text)
    mode(canvas, "Simple").click()

    expect(dialog.get_by_role("alert")).to_contain_text("`matchRegExp` cannot be shown as a row.")
    expect(mode(canvas, "Advanced")).to_have_attribute("aria-checked", "true")
    dialog.get_by_role("button", name="Line 1, column 43").click()
    assert canvas.page.evaluate("getSelection().toString()") == 'matchRegExp(@event{SignedUp.event}, "Si.*")'


def test_the_next_condition_opens_as_the_last_one_was_written(editing):
    canvas = editing()
    mode(canvas, "Simple").focus()
    canvas.press("ArrowRight")
    expect(canvas.dialog().locator(".advanced-text .cm-content")).to_be_focused()
    canvas.press("Escape")
    expect(canvas.dialog()).to_have_count(0)

    written(canvas).click()
    canvas.press("ControlOrMeta+Enter")
    expect(mode(canvas, "Advanced")).to_have_attribute("aria-checked", "true")
    mode(canvas, "Simple").click()
    canvas.press("Escape")
    open_editor(canvas)

    expect(mode(canvas, "Simple")).to_have_attribute("aria-checked", "true")


def test_a_wrong_text_is_underlined_and_explained(editing):
    canvas = editing()
    dialog = canvas.dialog()
    mode(canvas, "Advanced").click()
    editor = dialog.locator(".advanced-text .cm-content")

    editor.click()
    canvas.type("true and\nlenght")
    canvas.press("Escape")
    canvas.type('("abc") > 5')

    expect(dialog.locator(".cm-lineNumbers")).to_be_visible()
    expect(dialog.locator(".cm-lintRange-error")).to_have_text("lenght")
    problem = dialog.locator(".text-problems li")
    expect(problem).to_contain_text("Line 2, column 1")
    expect(problem).to_contain_text("Did you mean `length`")
    problem.get_by_role("button").click()
    expect(editor).to_be_focused()
    assert canvas.page.evaluate("getSelection().toString()") == "lenght"


def test_fields_and_functions_are_offered_where_they_stand(editing):
    canvas = editing()
    dialog = canvas.dialog()
    mode(canvas, "Advanced").click()
    editor = dialog.locator(".advanced-text .cm-content")

    editor.click()
    canvas.type("contai")
    offered = dialog.locator(".cm-tooltip-autocomplete li")
    offered.first.click()
    expect(dialog.locator(".signature-help b")).to_have_text("string")
    canvas.type("@event{SignedUp.properties.")
    expect(offered.filter(has_text="order_id")).to_be_visible()
    canvas.type("ord")
    expect(offered).to_have_count(1)
    offered.first.click()
    canvas.type(', "A')
    expect(editor).to_have_text('contain(@event{SignedUp.properties.order_id}, "A")')
    dialog.get_by_role("tab", name="Functions").click()
    dialog.get_by_role("searchbox", name="Search functions").fill("lower")
    dialog.locator('[data-function="lower"] summary').click()
    expect(dialog.locator('[data-function="lower"]')).to_contain_text("lower(string) -> string")
    canvas.press("Escape")

    expect(canvas.dialog().filter(has_text="Discard the changes?")).to_be_visible()
    canvas.button("Keep editing").click()
    canvas.press("Escape")
    canvas.button("Discard").click()
    expect(canvas.dialog()).to_have_count(0)
    expect(written(canvas)).not_to_contain_text("contain")


def test_a_function_says_what_it_does_when_it_is_pointed_at(editing):
    canvas = editing('matchRegExp(@event{SignedUp.event}, "Si.*")')
    canvas.dialog().get_by_role("button", name="Open in the advanced editor").click()

    canvas.dialog().locator(".advanced-text .tok-function").hover()

    expect(canvas.dialog().locator(".cm-tooltip-hover")).to_contain_text("matchRegExp(string, string) -> boolean")


def test_conditions_are_written_while_the_network_is_away(editing):
    canvas = editing()
    canvas.forgive("ERR_INTERNET_DISCONNECTED", "WebSocket")
    expect(in_tree(canvas, TOTAL)).to_be_visible()

    canvas.page.context.set_offline(True)
    in_tree(canvas, TOTAL).click()
    condition(canvas, 1).get_by_label("Value: Condition 1").fill("100")
    canvas.press("ControlOrMeta+Enter")
    expect(written(canvas)).to_have_text(f"{TOTAL} == 100")
    open_editor(canvas)
    expect(canvas.dialog()).to_contain_text("The conditions cannot be read at the moment.")
    canvas.page.context.set_offline(False)
    canvas.dialog().get_by_role("button", name="Try again").click()

    expect(condition(canvas, 1).get_by_label("Value: Condition 1")).to_have_value("100")
    canvas.press("Escape")
    canvas.is_saved()


def test_a_field_is_dragged_into_the_text(editing):
    canvas = editing("isNotEmpty()")
    dialog = canvas.dialog()
    dialog.get_by_role("button", name="Open in the advanced editor").click()
    editor = dialog.locator(".advanced-text .cm-content")
    expect(editor).to_be_focused()
    expect(dialog.locator(".text-problems li")).to_be_visible()  # after that the text is drawn anew no more
    canvas.press("ArrowLeft", "End")  # the brackets at the cursor are marked
    box = canvas.box(dialog.locator(".advanced-text .cm-matchingBracket", has_text=")"))

    canvas.drag(in_tree(canvas, "@event{SignedUp.userId}"), (box["x"] + 1, box["y"] + box["height"] / 2))

    expect(editor).to_have_text("isNotEmpty(@event{SignedUp.userId})")


def test_a_condition_is_tried_out_on_a_person(editing, shop, product):
    identify(product, shop, "ana", email="ana@example.org", plan="gold")
    track(product, shop, "SignedUp", "ana", total=250)
    wait_until(lambda: Event.objects.count() == 2, "the engine has taken both", patience=PATIENCE)
    canvas = editing(f'{TOTAL} > 100 and #{{Profile.attributes.plan}} == "gold"')
    dialog = canvas.dialog()
    result = dialog.get_by_label("Result")

    expect(result).to_contain_text("false")
    dialog.get_by_role("button", name="For: Nobody in particular").click()
    canvas.type("ana@")
    canvas.page.get_by_role("option", name="ana@example.org").click()
    expect(result).to_contain_text("true")
    dialog.get_by_role("button", name="Payload").click()
    payload = dialog.get_by_label("Payload: SignedUp")
    expect(payload).to_have_value(re.compile('"total": 250'))
    payload.fill('{"properties": {"total": 50}}')
    expect(result).to_contain_text("false")
    dialog.get_by_role("button", name="For: ana@example.org").click()
    canvas.type("userId:ana")
    canvas.page.get_by_role("option", name="userId:ana").click()
    expect(dialog.get_by_role("button", name="For: ana@example.org")).to_be_visible()
    payload.fill('{"properties": ')
    expect(dialog.locator(".try-it")).to_contain_text("This is not a JSON object.")


def test_where_no_condition_is_asked_for_there_is_only_the_text(draft, opened):
    drawn = graph(
        [node("event-1", event="SignedUp"), node("update-profile-1", fields=[{"field": "plan", "value": ""}])],
        "event-1 > update-profile-1",
    )
    canvas = opened(draft(drawn))
    canvas.click_step("update-profile-1")
    canvas.page.get_by_role("button", name="Open the editor: Value").click()

    expect(canvas.dialog().locator(".advanced-text")).to_be_visible()
    expect(canvas.dialog().get_by_role("radio")).to_have_count(0)


def test_a_published_condition_is_looked_at_and_not_changed(live, opened):
    canvas = opened(live(deciding(f"{TOTAL} > 100")))
    open_editor(canvas)
    dialog = canvas.dialog()

    expect(condition(canvas, 1).get_by_label("Value: Condition 1")).not_to_be_editable()
    expect(condition(canvas, 1).locator(".condition-operator")).to_be_disabled()
    expect(dialog.get_by_role("button", name="Apply")).to_have_count(0)
    in_tree(canvas, "@event{SignedUp.userId}").click()
    expect(dialog.locator(".condition")).to_have_count(1)
    mode(canvas, "Advanced").click()
    dialog.locator(".advanced-text .cm-content").click()
    canvas.type("abc")
    expect(dialog.locator(".advanced-text .cm-content")).to_have_text(f"{TOTAL} > 100")
    expect(dialog.get_by_label("Result")).to_contain_text("false")
    canvas.press("Escape")

    expect(dialog).to_have_count(0)
