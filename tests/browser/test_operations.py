"""The operations page, as whoever runs the server has it open: figures that move, curves, and trouble that is told."""

import math
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from designer import preferences
from engine import clock, tasks
from engine.models import Alert, Sample, Work
from tests.browser.axe import AXE, violations
from tests.browser.conftest import log_in
from tests.browser.events import track
from tests.cast import graph, node
from tests.processes import wait_until

HOURS_KNOWN = 2


@pytest.fixture
def root(shop) -> User:
    return User.objects.create_superuser("root")


def two_hours_ago_on(shop, until: int = 1) -> None:
    """What a job and two engines noted while a rush came and went, until so many minutes ago."""
    now = clock.now().replace(second=0, microsecond=0)
    for back in range(until, HOURS_KNOWN * 60):
        minute, rush = now - timedelta(minutes=back), max(0.0, math.sin(back / 25))
        if 40 <= back <= 45:
            continue  # nobody noted anything
        Sample.objects.create(
            minute=minute, inbox=int(40_000 * rush), inbox_seconds=12 * rush, overdue=int(900 * rush),
            late_seconds=2.5 * rush, deliveries=int(7_000 * rush), delivery_seconds=4 * rush, refused=3,
        )  # fmt: skip
        for writer in (7, 8):
            Work.objects.create(
                minute=minute, writer=writer, turns=400, taken=int(200_000 * rush) + 600, steps=int(500_000 * rush),
                claim=4, load=8 + 4 * rush, decide=20, write=12, commit=5,
            )  # fmt: skip


def opens(opened, root, product, hours: int = 3, **how):
    page = opened(None, user=root, **how).page
    log_in(page.context, product, root)
    page.goto(f"{product.url}/operations/?hours={hours}")
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_it_is_open_to_everybody_and_fits(product, shop, root, opened, theme, width):
    if not AXE.exists():
        pytest.skip("axe comes with the canvas' packages: run manage.py frontend test once")
    preferences.write(root, "theme", theme)
    two_hours_ago_on(shop)
    tasks.schedule()
    track(product, shop, "SignedUp", "ana")

    page = opens(opened, root, product, viewport={"width": width, "height": 900})
    expect(page.locator(".curve canvas")).to_have_count(5)
    page.get_by_text("The same as a table").click()

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("[data-legend='phases']").inner_text().startswith("claim")


def test_the_figures_move_by_themselves_and_the_curves_stay(product, shop, root, opened):
    two_hours_ago_on(shop, until=30)  # before the page's 15 minutes of engines: none of these leaves them meanwhile
    page = opens(opened, root, product)
    expect(page.locator(".curve canvas")).to_have_count(5)
    page.evaluate("window.stays = document.querySelector('.curve canvas')")
    engines = page.get_by_role("region", name="Engines at work")
    before = taken(engines)

    shop.publishes(
        graph([node("event-1", event="SignedUp"), node("wait-1", duration="P1D")], "event-1 > wait-1"), journey=999
    )
    track(product, shop, "SignedUp", "ana")

    wait_until(lambda: taken(engines) > before, "the page says that an engine of the product took it")
    assert page.evaluate("window.stays === document.querySelector('.curve canvas')")


def taken(engines) -> int:
    """How much all of them have taken, by the page."""
    rows = engines.locator("tbody tr").all_inner_texts()
    return sum(int(row.split("\t")[2].replace(",", "")) for row in rows)


COLOURED = """name => {
  const canvas = document.querySelector(`[data-curve="${name}"] canvas`);
  const drawn = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let found = 0;
  for (let at = 0; at < drawn.length; at += 4) {
    const [red, green, blue, opacity] = drawn.slice(at, at + 4);
    found += opacity > 200 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60;
  }
  return found;
}"""  # axes and grid are grey


def test_the_first_minute_of_all_is_a_point(product, shop, root, opened):
    two_hours_ago_on(shop, until=HOURS_KNOWN * 60 - 1)

    page = opens(opened, root, product)

    expect(page.locator(".curve canvas")).to_have_count(5)
    wait_until(lambda: page.evaluate(COLOURED, "pace") > 10, "what was taken is seen")


def test_before_the_first_note_it_says_what_brings_the_curves(product, shop, root, opened):
    page = opens(opened, root, product)

    expect(page.get_by_role("heading", name="Nothing is noted yet")).to_be_visible()
    expect(page.locator("#curves")).to_be_hidden()


def test_trouble_is_told_where_the_curves_are(product, shop, root, opened):
    two_hours_ago_on(shop)
    canvas = opened(None)
    canvas.forgive("Failed to load resource")
    page = canvas.page
    page.route("**/api/operations/history/**", lambda route: route.abort())
    log_in(page.context, product, root)

    page.goto(f"{product.url}/operations/")

    expect(page.locator("#curves-trouble")).to_have_text("The server does not answer. Trying again.")


def test_an_alert_is_read_on_the_canvas_and_dismissed_there(product, shop, live, opened):
    version = live(graph([node("event-1", event="SignedUp"), node("wait-1", duration="P1D")], "event-1 > wait-1"))
    now = clock.now()
    Alert.objects.create(
        sandbox=shop.sandbox, journey_id=version.journey_id, code="people.late", message="2 people are late.", count=2,
        first_at=now, last_at=now,
    )  # fmt: skip

    page = opened(version).page
    alert = page.get_by_role("region", name="Alert")
    expect(alert).to_contain_text("2 people are late.")
    alert.get_by_role("button", name="Dismiss").click()

    expect(alert).to_be_hidden()
    assert Alert.objects.get().dismissed_by == "ada"
