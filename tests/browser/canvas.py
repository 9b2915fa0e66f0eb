"""The canvas in a person's words: what they take, where they put it, what they see."""

import contextlib
import re
from typing import Any

from playwright.sync_api import ConsoleMessage, FloatRect, Locator, Page, expect

from designer.models import Version
from tests.processes import wait_until

Point = tuple[float, float]
PATIENCE = 20.0  # seconds; what it takes on a free machine is far below one
expect.set_options(timeout=PATIENCE * 1000)


class Canvas:
    """One page with a version on it."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base
        self.complaints: list[str] = []
        self._forgiven: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, version: Version) -> None:
        self.page.goto(f"{self.base}/journeys/{version.journey_id}/versions/{version.pk}/")
        expect(self.page.locator("[data-canvas-surface]")).to_be_visible()

    def forgive(self, *words: str) -> None:
        """A complaint of the browser that belongs to the story, such as the status 412 of a conflict."""
        self._forgiven += words

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(word in message.text for word in self._forgiven):
            self.complaints.append(message.text)

    def seen(self) -> str:
        """What stands on the screen, and what the browser complained about."""
        texts = [text for text in self.page.locator("body").all_inner_texts() if text]
        return "\n".join([*texts, *(f"complaint: {one}" for one in self.complaints)])

    # What there is -------------------------------------------------------------------------------------------------

    def palette(self, activity: str) -> Locator:
        return self.page.locator(f'.palette-item[data-activity="{activity}"]')

    def step(self, name: str) -> Locator:
        return self.page.locator(f'.react-flow__node[data-id="{name}"]')

    def end(self, outlet: str) -> Locator:
        return self.page.locator(f'.react-flow__node[data-id="end:{outlet}"]')

    def handle(self, outlet: str) -> Locator:
        name, _, port = outlet.partition(".")
        return self.step(name).locator(f'.react-flow__handle.source[data-handleid="{port}"]')

    def field(self, path: str) -> Locator:
        """A field of the settings panel."""
        return self.page.locator(f'.panel [data-field="{path}"]')

    def dialog(self) -> Locator:
        return self.page.locator("dialog[open]")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def chosen(self) -> list[str]:
        found = self.page.locator(".react-flow__node-step:has(.step.is-chosen)")
        return sorted(one.get_attribute("data-id") or "" for one in found.all())

    def focused(self) -> str:
        """The id of the step, End tag or row of the outline that has the focus; else what it is called."""
        return self.page.evaluate(
            "(() => { const at = document.activeElement; return at.dataset.id || at.dataset.key ||"
            " at.getAttribute('aria-label') || at.textContent || at.tagName })()"
        )

    def steps(self) -> list[str]:
        found = self.page.locator(".react-flow__node-step").all()
        return sorted(one.get_attribute("data-id") or "" for one in found)

    def lines(self) -> list[str]:
        names = [one.get_attribute("data-id") or "" for one in self.page.locator(".react-flow__edge").all()]
        return sorted(name for name in names if not name.startswith("to-end:"))

    def count(self, name: str, what: str) -> Locator:
        """One of the live numbers below a step: Entered, Waiting here, Errors."""
        return self.step(name).locator(f'.counts button[aria-label^="{what}"]')

    def sees(self, *, steps: list[str] | None = None, lines: list[str] | None = None) -> None:
        """Wait until exactly these are drawn."""
        if steps is not None:
            wait_until(
                lambda: self.steps() == sorted(steps), f"steps {steps}", lambda: str(self.steps()), patience=PATIENCE
            )
        if lines is not None:
            wait_until(
                lambda: self.lines() == sorted(lines), f"lines {lines}", lambda: str(self.lines()), patience=PATIENCE
            )

    # Where things are ----------------------------------------------------------------------------------------------

    def stands_still(self) -> None:
        """Wait until the view has not moved for some frames: what is brought into sight is there then."""
        self.page.evaluate(
            """() => new Promise(done => {
                let before = "", still = 0;
                const look = () => {
                    const surface = document.querySelector("[data-canvas-surface]");
                    const now = surface.clientWidth + surface.querySelector(".react-flow__viewport").style.transform;
                    still = now === before ? still + 1 : 0;
                    before = now;
                    if (still >= 4) done(); else requestAnimationFrame(look);
                };
                look();
            })"""
        )

    def box(self, what: Locator) -> FloatRect:
        expect(what).to_be_visible()
        self.stands_still()
        found = what.bounding_box()
        assert found is not None
        return found

    def middle(self, what: Locator) -> Point:
        box = self.box(what)
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def spot(self, x: float, y: float) -> Point:
        """A point of the drawing surface, from its upper left corner."""
        box = self.box(self.page.locator("[data-canvas-surface]"))
        return box["x"] + x, box["y"] + y

    def on_line(self, line: str, share: float = 0.5) -> Point:
        """A point on a line; 0 is where it leaves, 1 where it arrives."""
        self.stands_still()
        path = self.page.locator(f'.react-flow__edge[data-id="{line}"] .react-flow__edge-path')
        x, y = path.evaluate(
            "(path, share) => { const at = path.getPointAtLength(path.getTotalLength() * share);"
            " const on = at.matrixTransform(path.getScreenCTM()); return [on.x, on.y] }",
            share,
        )
        return x, y

    def place_of(self, name: str) -> Point:
        """Where a step stands in the drawing, whatever the view."""
        style = self.step(name).get_attribute("style") or ""
        found = re.search(r"translate\((-?[\d.]+)px, (-?[\d.]+)px\)", style)
        assert found, style
        return float(found[1]), float(found[2])

    # What one does -------------------------------------------------------------------------------------------------

    def drag(self, what: Locator | Point, to: Locator | Point) -> None:
        """Press, move there as a hand does, let go."""
        self.take(what, to)
        self.page.mouse.up()
        self.stands_still()  # a click in the same instant counts as the end of the drag, as no hand could make it

    def take(self, what: Locator | Point, to: Locator | Point) -> None:
        """Press and move there, without letting go."""
        start = self.middle(what) if isinstance(what, Locator) else what
        goal = self.middle(to) if isinstance(to, Locator) else to
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move((start[0] + goal[0]) / 2, (start[1] + goal[1]) / 2, steps=5)
        self.page.mouse.move(*goal, steps=8)

    def click_step(self, name: str, **how: Any) -> None:
        self.step(name).locator(".step-head").click(**how)

    def opens_step(self, name: str, field: str) -> None:
        """Click a step until its panel shows this field: right after a drag, a click may count as the end of it."""
        for _ in range(3):
            self.click_step(name)
            with contextlib.suppress(AssertionError):
                expect(self.field(field)).to_be_visible(timeout=5_000)
                return
        expect(self.field(field)).to_be_visible()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def choose_event(self, name: str) -> None:
        """In the panel of an event: open the list, type, take the first."""
        self.field("event").locator(".picker").click()
        self.type(name)
        self.press("Enter")
        expect(self.field("event").locator(".picker")).to_contain_text(name)

    def write(self, path: str, text: str) -> None:
        """Write an expression over whatever stands in the field."""
        editor = self.field(path).locator(".cm-content")
        editor.click()
        self.press("ControlOrMeta+a")
        self.type(text)
        if self.page.locator(".cm-tooltip-autocomplete").count():
            self.press("Escape")
        expect(editor).to_have_text(text)

    def fill(self, path: str, text: str) -> None:
        self.field(path).locator("input, textarea").first.fill(text)

    def menu(self, item: str) -> None:
        self.button("More actions").click()
        self.page.get_by_role("menuitem", name=item).click()

    def is_saved(self) -> None:
        expect(self.page.locator('.save-mark[data-save="saved"]')).to_be_visible()
