"""Drawing with a mouse."""

import struct

from playwright.sync_api import expect

from tests.cast import graph, node
from tests.processes import wait_until


def test_a_journey_is_drawn_by_dragging(draft, opened):
    version = draft()
    canvas = opened(version)

    canvas.drag(canvas.palette("event"), canvas.spot(200, 300))
    canvas.choose_event("SignedUp")
    canvas.drag(canvas.palette("condition"), canvas.end("event-1.next"))
    canvas.sees(lines=["event-1.next>condition-1"])
    canvas.drag(canvas.palette("email"), canvas.on_line("event-1.next>condition-1"))
    canvas.sees(lines=["event-1.next>email-1", "email-1.next>condition-1"])
    canvas.palette("wait").dblclick()

    drawn = ["event-1.next>email-1", "email-1.next>condition-1", "condition-1.path-1>wait-1"]
    canvas.sees(steps=["event-1", "email-1", "condition-1", "wait-1"], lines=drawn)
    canvas.is_saved()
    version.refresh_from_db()
    kept = [f"{edge['from']['node']}.{edge['from']['port']}>{edge['to']}" for edge in version.graph["edges"]]
    assert sorted(kept) == sorted(drawn)


def test_the_palette_is_searched_and_says_what_may_not_come_first(draft, opened):
    canvas = opened(draft())
    search = canvas.page.get_by_role("searchbox", name="Search activities")

    search.fill("mail")
    expect(canvas.page.locator(".palette-item")).to_have_count(0)
    expect(canvas.page.get_by_text("1 activity cannot be added now. A journey begins with an event.")).to_be_visible()
    canvas.button("Show them").click()
    expect(canvas.page.locator(".palette-item")).to_have_count(1)
    expect(canvas.palette("email")).to_have_attribute("aria-disabled", "true")
    expect(canvas.palette("email")).to_have_attribute("title", "A journey begins with an event. Add one first.")
    canvas.drag(canvas.palette("email"), canvas.spot(200, 200))
    search.fill("no such thing")

    expect(canvas.page.get_by_text("Nothing found")).to_be_visible()
    assert canvas.steps() == []


def test_lines_are_drawn_led_elsewhere_and_removed(draft, opened):
    loose = [
        node("event-1", event="SignedUp"),
        {**node("wait-1", duration="P1D"), "position": {"x": 420, "y": -80}},
        {**node("email-1", subject="Hello", text="Hello"), "position": {"x": 420, "y": 160}},
    ]
    canvas = opened(draft(graph(loose)))

    canvas.drag(canvas.handle("event-1.next"), canvas.step("wait-1"))
    canvas.sees(lines=["event-1.next>wait-1"])
    canvas.drag(canvas.on_line("event-1.next>wait-1", 0.96), canvas.step("email-1"))
    canvas.sees(lines=["event-1.next>email-1"])
    canvas.page.mouse.move(*canvas.on_line("event-1.next>email-1"), steps=3)
    canvas.button("Remove this line").click()

    canvas.sees(lines=[])
    expect(canvas.end("event-1.next")).to_be_visible()


def test_a_line_that_may_not_be_is_refused_with_the_reason(draft, opened):
    drawn = graph(
        [node("event-1", event="SignedUp"), node("wait-1", duration="P1D"), node("email-1")], "event-1 > wait-1"
    )
    canvas = opened(draft(drawn))

    canvas.drag(canvas.handle("event-1.next"), canvas.step("email-1"))

    expect(canvas.page.get_by_text("Only events and waits may stand side by side.").first).to_be_visible()
    canvas.sees(lines=["event-1.next>wait-1"])


def test_a_line_let_go_over_nothing_asks_what_shall_come_there(draft, opened):
    canvas = opened(draft(graph([node("event-1", event="SignedUp")])))
    box = canvas.box(canvas.step("event-1"))
    there = (box["x"] + 420, box["y"] + 180)

    canvas.drag(canvas.handle("event-1.next"), there)
    canvas.type("wait")
    canvas.press("Enter")

    canvas.sees(lines=["event-1.next>wait-1"])
    placed = canvas.box(canvas.step("wait-1"))
    assert abs(placed["y"] + placed["height"] / 2 - there[1]) < 40


def test_a_plus_stands_on_every_line_and_at_every_open_port(draft, opened):
    drawn = graph([node("event-1", event="SignedUp"), node("email-1", subject="Hello", text="Hi")], "event-1 > email-1")
    canvas = opened(draft(drawn))

    canvas.page.mouse.move(*canvas.on_line("event-1.next>email-1"), steps=3)
    canvas.button("Add a step on this line").click()
    canvas.type("percentage")
    canvas.press("Enter")
    canvas.sees(lines=["event-1.next>percentage-split-1", "percentage-split-1.split-1>email-1"])
    canvas.end("percentage-split-1.split-2").get_by_role("button", name="Add a step here").click()
    canvas.page.get_by_role("option", name="Wait").click()

    canvas.sees(
        lines=[
            "event-1.next>percentage-split-1",
            "percentage-split-1.split-1>email-1",
            "percentage-split-1.split-2>wait-1",
        ]
    )


def test_a_step_dropped_on_a_line_is_led_through_and_gets_room(draft, opened):
    drawn = graph(
        [
            node("event-1", event="SignedUp"),
            node("wait-1", duration="P1D"),
            {**node("email-1", subject="Hello", text="Hi"), "position": {"x": 100, "y": 220}},
        ],
        "event-1 > wait-1",
    )
    canvas = opened(draft(drawn))

    canvas.drag(canvas.step("email-1").locator(".step-name"), canvas.on_line("event-1.next>wait-1"))

    canvas.sees(lines=["event-1.next>email-1", "email-1.next>wait-1"])
    assert canvas.place_of("email-1") == (280, 0)
    assert canvas.place_of("wait-1") == (560, 0)


def test_steps_are_chosen_with_a_frame_moved_together_and_deleted(draft, opened):
    drawn = graph(
        [node("event-1", event="SignedUp"), node("wait-1", duration="P1D"), node("wait-2", duration="P2D")],
        "event-1 > wait-1",
        "wait-1 > wait-2",
    )
    canvas = opened(draft(drawn))
    first, last = canvas.box(canvas.step("wait-1")), canvas.box(canvas.step("wait-2"))

    canvas.page.keyboard.down("Shift")
    canvas.drag((first["x"] - 20, first["y"] - 60), (last["x"] + 60, last["y"] + 90))
    canvas.page.keyboard.up("Shift")
    wait_until(lambda: canvas.chosen() == ["wait-1", "wait-2"], "two are chosen", lambda: str(canvas.chosen()))
    expect(canvas.page.get_by_role("heading", name="2 steps selected")).to_be_visible()
    canvas.drag(canvas.step("wait-1").locator(".step-name"), canvas.spot(430, 560))
    wait_until(lambda: canvas.place_of("wait-1")[1] > 40, "they moved")
    assert canvas.place_of("wait-2")[1] == canvas.place_of("wait-1")[1]
    assert canvas.place_of("wait-2")[0] - canvas.place_of("wait-1")[0] == 280
    assert canvas.place_of("event-1") == (0, 0)

    canvas.click_step("event-1")
    canvas.click_step("wait-2", modifiers=["ControlOrMeta"])
    assert canvas.chosen() == ["event-1", "wait-2"]
    canvas.press("Delete")
    canvas.sees(steps=["wait-1"], lines=[])


def test_the_view_zooms_fits_and_shows_where_one_is(draft, opened):
    row = [node("event-1", event="SignedUp"), *(node(f"wait-{at}", duration="P1D") for at in range(1, 9))]
    canvas = opened(draft(graph(row, "event-1 > wait-1", *(f"wait-{at} > wait-{at + 1}" for at in range(1, 8)))))
    zoom = canvas.page.locator(".zoom")
    fitted = zoom.inner_text()

    canvas.button("Zoom in").click()
    canvas.button("Zoom in").click()
    expect(zoom).not_to_have_text(fitted)
    canvas.button("Fit to view").click()
    expect(zoom).to_have_text(fitted)
    surface = canvas.box(canvas.page.locator("[data-canvas-surface]"))
    for name in ("event-1", "wait-8"):
        box = canvas.box(canvas.step(name))
        assert surface["x"] <= box["x"]
        assert box["x"] + box["width"] <= surface["x"] + surface["width"]

    expect(canvas.page.locator(".minimap")).to_be_visible()
    canvas.button("Overview map").click()
    expect(canvas.page.locator(".minimap")).to_have_count(0)
    canvas.page.reload()
    expect(canvas.step("event-1")).to_be_visible()
    expect(canvas.page.locator(".minimap")).to_have_count(0)


def test_a_parallel_way_begins_at_the_plus_of_a_step_that_a_wait_follows(draft, opened):
    drawn = graph(
        [
            node("event-1", event="SignedUp"),
            node("wait-1", duration="P1D"),
            node("email-1", subject="Hello", text="Hi"),
        ],
        "event-1 > wait-1",
        "wait-1 > email-1",
    )
    canvas = opened(draft(drawn))

    canvas.page.mouse.move(*canvas.middle(canvas.step("wait-1").locator(".step-head")), steps=3)
    expect(canvas.button("Add a parallel way")).to_have_count(0)  # an e-mail stands alone
    canvas.page.mouse.move(*canvas.middle(canvas.step("event-1").locator(".step-head")), steps=3)
    canvas.button("Add a parallel way").click()
    offered = canvas.page.locator(".add-menu").get_by_role("option")
    expect(offered.first).to_be_visible()
    assert "E-mail" not in offered.all_inner_texts()
    canvas.page.get_by_role("option", name="Event", exact=True).click()

    canvas.sees(lines=["event-1.next>event-2", "event-1.next>wait-1", "wait-1.next>email-1"])


def test_the_whole_journey_is_downloaded_as_a_picture(draft, opened, tmp_path):
    far = {**node("wait-1", duration="P1D"), "position": {"x": 3000, "y": 0}}
    canvas = opened(draft(graph([node("event-1", event="SignedUp"), far], "event-1 > wait-1"), name="A/B: 50 %"))

    with canvas.page.expect_download() as download:
        canvas.button("Download as a picture").click()

    assert download.value.suggested_filename == "AB 50 1.0.png"
    download.value.save_as(tmp_path / "journey.png")
    head = (tmp_path / "journey.png").read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", head[16:24])
    assert width > 2 * 3000  # twice as fine, and wider than what is on the screen
    assert height > 200


def test_more_than_fifty_activities_are_counted_above_the_canvas(draft, opened):
    row = [node("event-1", event="SignedUp"), *(node(f"wait-{at}", duration="PT1H") for at in range(1, 50))]
    canvas = opened(draft(graph(row, "event-1 > wait-1", *(f"wait-{at} > wait-{at + 1}" for at in range(1, 49)))))
    counter = canvas.page.get_by_title("50 activities of at most 50")
    expect(counter).to_have_text("50/50")

    canvas.palette("wait").dblclick()

    expect(canvas.page.get_by_title("51 activities of at most 50")).to_have_class("counter is-over")
    expect(canvas.button("Problems: 1 warning")).to_be_visible()
