"""Undo, copies, layout: what makes trying things out safe."""

from playwright.sync_api import expect

from tests.cast import graph, node
from tests.processes import wait_until


def welcome():
    return graph(
        [
            node("event-1", event="SignedUp"),
            node("email-1", subject="Hello", text="Hello"),
            node("wait-1", duration="P3D"),
        ],
        "event-1 > email-1",
        "email-1 > wait-1",
    )


def test_everything_can_be_undone_and_done_again(draft, opened):
    version = draft(welcome())
    canvas = opened(version)
    before = canvas.lines()

    canvas.palette("condition").dblclick()
    canvas.sees(lines=[*before, "wait-1.next>condition-1"])
    canvas.button("Fit to view").click()
    canvas.click_step("email-1")
    canvas.press("Delete")
    canvas.sees(lines=["event-1.next>wait-1", "wait-1.next>condition-1"])
    canvas.click_step("wait-1")
    canvas.page.get_by_label("Label", exact=True).fill("Give them time")
    expect(canvas.step("wait-1")).to_contain_text("Give them time")
    canvas.press("Escape")

    for _ in range(3):
        canvas.press("ControlOrMeta+z")
    canvas.sees(steps=["event-1", "email-1", "wait-1"], lines=before)
    expect(canvas.step("wait-1").locator(".step-name")).to_have_text("Wait")
    expect(canvas.button("Undo")).to_be_disabled()
    for _ in range(3):
        canvas.button("Redo").click()

    canvas.sees(lines=["event-1.next>wait-1", "wait-1.next>condition-1"])
    expect(canvas.step("wait-1")).to_contain_text("Give them time")
    canvas.is_saved()
    version.refresh_from_db()
    assert {kept["id"]: kept["label"] for kept in version.graph["nodes"]}["wait-1"] == "Give them time"


def test_typing_a_sentence_is_one_step_to_undo(draft, opened):
    canvas = opened(draft(welcome()))

    canvas.click_step("email-1")
    canvas.page.get_by_label("Label", exact=True).press_sequentially("Say hello")
    expect(canvas.step("email-1")).to_contain_text("Say hello")
    canvas.button("Undo").click()

    expect(canvas.step("email-1").locator(".step-name")).to_have_text("E-mail")
    expect(canvas.button("Undo")).to_be_disabled()


def test_steps_are_copied_within_a_journey_and_into_another(draft, opened):
    canvas = opened(draft(welcome()))
    canvas.click_step("email-1")
    canvas.click_step("wait-1", modifiers=["ControlOrMeta"])
    canvas.press("ControlOrMeta+c")
    expect(canvas.page.get_by_text("2 steps copied.").first).to_be_visible()

    canvas.press("ControlOrMeta+v")
    canvas.sees(steps=["event-1", "email-1", "wait-1", "email-2", "wait-2"])
    assert "email-2.next>wait-2" in canvas.lines()

    other = opened(draft(graph([node("event-1", event="OrderPlaced")]), name="Another"), beside=canvas)
    other.end("event-1.next").locator(".end-tag").click()
    other.press("ControlOrMeta+v")

    other.sees(lines=["event-1.next>email-1", "email-1.next>wait-1"])
    other.is_saved()


def test_everything_is_chosen_at_once(draft, opened):
    canvas = opened(draft(welcome()))
    canvas.click_step("email-1")

    canvas.press("ControlOrMeta+a")

    wait_until(lambda: canvas.chosen() == ["email-1", "event-1", "wait-1"], "all", lambda: str(canvas.chosen()))


def test_what_is_duplicated_stands_beside_the_original(draft, opened):
    canvas = opened(draft(welcome()))

    canvas.click_step("wait-1")
    canvas.press("ControlOrMeta+d")

    canvas.sees(steps=["event-1", "email-1", "wait-1", "wait-2"])
    assert canvas.chosen() == ["wait-2"]
    assert canvas.place_of("wait-2")[1] > canvas.place_of("wait-1")[1] + 56


def test_tidying_up_sets_a_heap_in_order_and_can_be_undone(draft, opened):
    heap = welcome()
    heap["nodes"] = [{**one, "position": {"x": at * 7, "y": at * 9}} for at, one in enumerate(heap["nodes"])]
    canvas = opened(draft(heap))

    canvas.button("Tidy up the layout").click()
    wait_until(
        lambda: canvas.place_of("wait-1") == (560, 0), "they stand in a row", lambda: str(canvas.place_of("wait-1"))
    )
    assert canvas.place_of("email-1") == (280, 0)
    canvas.press("ControlOrMeta+z")

    wait_until(lambda: canvas.place_of("wait-1") == (14, 18), "the heap is back")
