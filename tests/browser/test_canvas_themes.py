"""Every face of the canvas in light and dark: nothing in it is closed to people who see, hear or move differently."""

import pytest
from playwright.sync_api import expect

from designer import preferences
from designer.actions.pause import pause
from engine import clock
from tests.browser.axe import AXE, violations
from tests.browser.canvas import Canvas
from tests.browser.events import track
from tests.cast import graph, node

pytestmark = pytest.mark.parametrize("theme", ["light", "dark"])


@pytest.fixture
def themed(ada, theme: str) -> None:
    if not AXE.exists():
        pytest.skip("axe comes with the canvas' packages: run manage.py frontend test once")
    preferences.write(ada, "theme", theme)


def is_open_to_everybody(canvas: Canvas) -> None:
    assert violations(canvas.page) == []


def drawn():
    return graph(
        [
            node("event-1", event="SignedUp"),
            node("condition-1", paths=[{"id": "vip", "label": "VIP", "condition": "#{Profile.attributes.vip} =="}]),
            node("email-1", subject="Hello", html="<p>Hello</p>", error_path=True),
            node("custom-action-1", url="https://example.org", body=[{"name": "a", "value": "1"}]),
            {"id": "teleport-1", "type": "teleport", "settings": {}},
        ],
        "event-1 > condition-1",
        "condition-1.vip > email-1",
        "email-1.error > custom-action-1",
        "condition-1.other > teleport-1",
    )


def test_the_page_is_written_in_the_theme_that_was_chosen(draft, opened, themed, theme):
    canvas = opened(draft(), color_scheme="light" if theme == "dark" else "dark")

    assert canvas.page.locator("html").get_attribute("data-theme") == theme
    background = canvas.page.evaluate("getComputedStyle(document.getElementById('canvas-root')).backgroundColor")
    assert background == {"light": "rgb(246, 247, 249)", "dark": "rgb(15, 17, 21)"}[theme]


def test_drawing_is_open_to_everybody(draft, opened, themed):
    canvas = opened(draft())
    is_open_to_everybody(canvas)

    canvas = opened(draft(drawn(), name="Another"))
    expect(canvas.step("teleport-1")).to_be_visible()
    is_open_to_everybody(canvas)
    for name in ("condition-1", "email-1", "custom-action-1", "teleport-1"):
        canvas.click_step(name)
        is_open_to_everybody(canvas)
    canvas.page.get_by_role("tab", name="Outline").click()
    canvas.page.locator(".problems-button").click()
    is_open_to_everybody(canvas)
    canvas.press("Escape", "Escape", "ControlOrMeta+f")
    is_open_to_everybody(canvas)


def test_what_opens_is_open_to_everybody(draft, opened, themed):
    canvas = opened(draft(drawn()))

    canvas.press("?")
    is_open_to_everybody(canvas)
    canvas.press("Escape")
    canvas.button("More actions").click()
    is_open_to_everybody(canvas)
    canvas.press("Escape")
    canvas.step("email-1").focus()
    canvas.press("a")
    is_open_to_everybody(canvas)
    canvas.press("Escape", "c")
    expect(canvas.dialog()).to_be_visible()
    is_open_to_everybody(canvas)
    canvas.press("Escape")
    canvas.button("Which activities are listed").click()
    is_open_to_everybody(canvas)
    canvas.press("Escape")
    canvas.button("Exit criteria: none").click()
    canvas.page.get_by_role("combobox", name="Tags").fill("New")
    expect(canvas.page.get_by_role("option", name="New tag “New”")).to_be_visible()
    is_open_to_everybody(canvas)
    canvas.press("Escape")
    canvas.click_step("email-1")
    canvas.button("Preview").click()
    expect(canvas.dialog().locator("iframe")).to_be_visible()
    is_open_to_everybody(canvas)


def test_writing_conditions_is_open_to_everybody(draft, opened, themed):
    rows = '@event{SignedUp.properties.total} > 100 and (not inAudience("VIP") or @event{Gone.city} == "Oslo")'
    paths = [
        {"id": "a", "label": "", "condition": rows},
        {"id": "b", "label": "", "condition": 'matchRegExp("a", "b")'},
        {"id": "c", "label": "", "condition": ""},
    ]
    drawn = graph([node("event-1", event="SignedUp"), node("condition-1", paths=paths)], "event-1 > condition-1")
    canvas = opened(draft(drawn))
    canvas.click_step("condition-1")
    dialog = canvas.dialog()

    canvas.field("paths.0.condition").get_by_role("button", name="Open the editor").click()
    expect(dialog.get_by_text("There is no event `Gone`")).to_be_visible()
    is_open_to_everybody(canvas)
    dialog.get_by_role("button", name="Payload").click()
    dialog.get_by_role("button", name="properties.total SignedUp").click()
    is_open_to_everybody(canvas)
    canvas.press("Escape")
    dialog.get_by_role("radio", name="Advanced").click()
    expect(dialog.locator(".text-problems")).to_be_visible()
    is_open_to_everybody(canvas)
    dialog.get_by_role("tab", name="Functions").click()
    dialog.locator('[data-function="lower"] summary').click()
    is_open_to_everybody(canvas)
    dialog.get_by_role("radio", name="Simple").click()
    canvas.press("Escape")
    expect(dialog).to_have_count(0)
    for path, seen in (("paths.1.condition", ".no-rows"), ("paths.2.condition", ".no-conditions")):
        canvas.field(path).get_by_role("button", name="Open the editor").click()
        expect(dialog.locator(seen)).to_be_visible()
        is_open_to_everybody(canvas)
        canvas.press("Escape")
        expect(dialog).to_have_count(0)


def test_saying_who_leaves_is_open_to_everybody(live, opened, ada, themed):
    version = live(graph([node("event-1", event="SignedUp"), node("wait-1", duration="P1D")], "event-1 > wait-1"))
    pause(version, by=ada, now=clock.now(), mode="hold", days=14)
    canvas = opened(version)

    canvas.button("Exit criteria: none").click()
    canvas.button("Add a criterion by attribute").click()
    canvas.write("condition", "nothing of this kind")
    expect(canvas.field("condition").locator(".verdict .is-error").first).to_be_visible()

    is_open_to_everybody(canvas)


def test_watching_is_open_to_everybody(live, opened, product, shop, themed):
    version = live(graph([node("event-1", event="SignedUp"), node("wait-1", duration="P1D")], "event-1 > wait-1"))
    canvas = opened(version)
    track(product, shop, "SignedUp", "ana", total=500)
    expect(canvas.count("wait-1", "Waiting here")).to_have_text("1")
    is_open_to_everybody(canvas)

    canvas.button("Follow a person").click()
    is_open_to_everybody(canvas)
    canvas.count("wait-1", "Waiting here").click()
    canvas.page.locator(".people").get_by_role("button", name="Follow").click()
    expect(canvas.page.locator(".followed")).to_be_visible()
    is_open_to_everybody(canvas)
    canvas.click_step("wait-1")
    is_open_to_everybody(canvas)
    canvas.menu("Stop…")
    expect(canvas.dialog()).to_contain_text("1 person is inside")
    is_open_to_everybody(canvas)
