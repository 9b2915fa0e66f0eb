"""Drawing without a mouse."""

from playwright.sync_api import expect

from tests.browser.canvas import PATIENCE
from tests.cast import graph, node
from tests.processes import wait_until


def focuses(canvas, name: str) -> None:
    wait_until(lambda: canvas.focused() == name, f"the focus is on {name}", canvas.focused, patience=PATIENCE)


def tab_to(canvas, name: str, *, backwards: bool = False, most: int = 40) -> None:
    """Press Tab until this has the focus."""
    for _ in range(most):
        if canvas.focused().startswith(name):
            return
        canvas.press("Shift+Tab" if backwards else "Tab")
    raise AssertionError(f"{most} times Tab did not lead to {name}; the focus is on {canvas.focused()}")


def test_a_journey_is_drawn_without_a_mouse(draft, opened):
    version = draft()
    canvas = opened(version)

    tab_to(canvas, "EventStarts the journey")
    canvas.press("Enter")
    focuses(canvas, "event-1")
    canvas.press("Enter")
    wait_until(lambda: canvas.focused() != "event-1", "the settings have the focus", canvas.focused, patience=PATIENCE)
    canvas.press("Tab", "Enter")
    canvas.type("signed")
    canvas.press("Enter", "Escape")
    focuses(canvas, "event-1")

    canvas.press("a")
    canvas.type("cond")
    canvas.press("Enter")
    focuses(canvas, "condition-1")
    canvas.press("a")
    canvas.type("wait")
    canvas.press("Enter")
    focuses(canvas, "wait-1")
    canvas.press("ArrowLeft")
    focuses(canvas, "condition-1")
    canvas.press("ArrowRight", "ArrowDown")
    focuses(canvas, "end:condition-1.other")
    canvas.press("a")
    canvas.type("e-mail")
    canvas.press("Enter")
    focuses(canvas, "email-1")

    canvas.press("c")
    tab_to(canvas, "Connect")
    canvas.press("Enter")
    canvas.sees(
        lines=[
            "event-1.next>condition-1",
            "condition-1.path-1>wait-1",
            "condition-1.other>email-1",
            "email-1.next>wait-1",
        ]
    )
    canvas.press("Escape")
    focuses(canvas, "email-1")
    canvas.is_saved()
    version.refresh_from_db()
    assert len(version.graph["edges"]) == 4


def test_the_palette_is_one_stop_and_adds_with_enter(draft, opened):
    canvas = opened(draft(graph([node("event-1", event="SignedUp")])))

    canvas.page.get_by_role("searchbox", name="Search activities").focus()
    canvas.press("Tab")
    assert canvas.focused() == "Which activities are listed"
    canvas.press("Tab")
    assert canvas.focused() == "Audience qualification"
    canvas.press("ArrowDown")
    assert canvas.focused() == "Event"
    canvas.press("ArrowDown", "ArrowLeft")
    expect(canvas.palette("email")).to_have_count(0)
    assert canvas.focused() == "Messages"
    canvas.press("ArrowDown")
    assert canvas.focused() == "Condition"
    canvas.press("ArrowUp", "ArrowRight")
    expect(canvas.palette("email")).to_be_visible()
    canvas.press("ArrowDown", "ArrowDown", "Enter")

    focuses(canvas, "condition-1")
    canvas.sees(lines=["event-1.next>condition-1"])


def test_steps_are_moved_with_the_arrow_keys(draft, opened):
    canvas = opened(
        draft(graph([node("event-1", event="SignedUp"), node("wait-1", duration="P1D")], "event-1 > wait-1"))
    )

    canvas.step("wait-1").focus()
    canvas.press("m", "ArrowDown", "ArrowDown", "Shift+ArrowRight")
    expect(canvas.page.get_by_text("Move mode:").first).to_be_visible()
    assert canvas.place_of("wait-1") == (280 + 64, 16)
    canvas.press("Escape", "ArrowLeft")
    focuses(canvas, "event-1")
    canvas.press("ControlOrMeta+z")

    wait_until(lambda: canvas.place_of("wait-1") == (280, 0), "one undo takes the whole move back")


def test_deleting_leads_the_focus_to_what_came_before(draft, opened):
    drawn = graph(
        [node("event-1", event="SignedUp"), node("wait-1", duration="P1D"), node("wait-2", duration="P2D")],
        "event-1 > wait-1",
        "wait-1 > wait-2",
    )
    canvas = opened(draft(drawn))

    canvas.step("wait-1").focus()
    canvas.press("Enter", "Escape", "Delete")

    canvas.sees(lines=["event-1.next>wait-2"])
    focuses(canvas, "event-1")


def test_the_outline_reads_and_grows_the_journey(draft, opened):
    drawn = graph(
        [
            node("event-1", event="SignedUp"),
            node("condition-1", paths=[{"id": "vip", "label": "VIP", "condition": "true"}]),
            node("wait-1", duration="P1D"),
        ],
        "event-1 > condition-1",
        "condition-1.vip > wait-1",
    )
    canvas = opened(draft(drawn))
    canvas.page.get_by_role("tab", name="Outline").click()
    rows = canvas.page.get_by_role("treeitem")

    assert [row.get_attribute("aria-label") for row in rows.all()] == [
        "Event, step 1",
        "Condition, step 2",
        "VIP",
        "Wait, step 3",
        "Next: End",
        "Other cases: End",
    ]
    rows.first.focus()
    canvas.press("End")
    focuses(canvas, "end:condition-1.other")
    canvas.press("a")
    canvas.type("update")
    canvas.press("Enter")

    focuses(canvas, "update-profile-1")
    expect(canvas.page.get_by_role("treeitem", name="Update profile")).to_be_focused()
    canvas.press("Delete")
    canvas.sees(steps=["event-1", "condition-1", "wait-1"])


def test_tab_goes_through_the_steps_as_a_person_reads(draft, opened):
    drawn = graph(
        [
            {**node("wait-1", duration="P1D"), "position": {"x": 560, "y": 0}},
            {**node("event-1", event="SignedUp"), "position": {"x": 0, "y": 0}},
            {**node("email-1", subject="Hello", text="Hi"), "position": {"x": 280, "y": 0}},
        ],
        "event-1 > email-1",
        "email-1 > wait-1",
    )
    canvas = opened(draft(drawn))

    canvas.step("event-1").focus()
    passed = [canvas.focused()]
    for _ in range(2):
        canvas.press("Tab")
        passed.append(canvas.focused())

    assert passed == ["event-1", "email-1", "wait-1"]
    assert canvas.step("email-1").get_attribute("aria-label") == "E-mail, step 2"
