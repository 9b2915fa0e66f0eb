"""The canvas in a real Chromium: frames a second while somebody drags and the live numbers of every step change."""

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, sync_playwright

from designer.actions.create_journey import create_journey
from designer.actions.publish import publish
from designer.models import Version
from engine.models import EventDefinition, Sandbox
from tests import prepare
from tests.benchmarks import ground
from tests.benchmarks.results import Row
from tests.processes import Product, database_url

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync".split()
)
BUDGETS = {
    "a step dragged": ">= 50 frames/s",
    "200 in view, numbers moving, view dragged": ">= 50 frames/s",
    "zoomed in, numbers moving, view dragged": ">= 50 frames/s",
    "1,000 in view, numbers moving, view dragged": ">= 20 frames/s",
}


def measure(*, quick: bool) -> Iterator[Row]:
    seconds = 2 if quick else 6
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in this thread
    sandbox = ground.empty()
    EventDefinition.objects.create(
        sandbox=sandbox, name="Order", rule='@event{Order.event} == "Order"', namespace="userId"
    )
    ada, _ = User.objects.get_or_create(username="ada", is_superuser=True)
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        product = Product(Path(folder))
        product.start("web")
        try:
            for size in (200, 1_000):
                for what, figure in of_size(size, sandbox, ada, product, chromium, seconds):
                    yield Row(
                        what=f"canvas: {what}", figure=figure, budget=BUDGETS.get(what, ""), size=f"{size:,} steps"
                    )
        finally:
            product.stop()


def of_size(
    size: int, sandbox: Sandbox, ada: User, product: Product, chromium: Any, seconds: int
) -> Iterator[tuple[str, str]]:
    draft = create_journey(sandbox=sandbox, name=f"Draft {size}", by=ada, now=timezone.now(), graph=drawn(size))
    live = create_journey(sandbox=sandbox, name=f"Live {size}", by=ada, now=timezone.now(), graph=drawn(size))
    publish(live, by=ada, now=timezone.now())
    page = opened(chromium, product, ada, draft)
    if size <= 200:
        step = page.locator('.react-flow__node[data-id="wait-1"]').bounding_box()
        assert step is not None
        yield "a step dragged", frames(page, (step["x"] + 10, step["y"] + 8), seconds)
    page = opened(chromium, product, ada, live)
    page.locator(".pulse.is-live").wait_for()
    with numbers_moving(live, size):
        middle = (800.0, 620.0)
        yield f"{size:,} in view, numbers moving, view dragged", frames(page, middle, seconds)
        page.locator(".zoom").click()
        yield "zoomed in, numbers moving, view dragged", frames(page, middle, seconds)


def frames(page: Page, start: tuple[float, float], seconds: int) -> str:
    """Drag to and fro for so long; how many frames the browser drew in a second, and the longest one."""
    calm(page)
    page.evaluate(
        """() => { const all = window.all = []; let before = performance.now();
        const one = now => { all.push(now - before); before = now; window.run = requestAnimationFrame(one); };
        window.run = requestAnimationFrame(one); window.began = before; }"""
    )
    x, y = start
    page.mouse.move(x, y)
    page.mouse.down()
    while page.evaluate("performance.now() - window.began") < seconds * 1000:
        page.mouse.move(x + 120, y + 60, steps=30)
        page.mouse.move(x, y, steps=30)
    page.mouse.up()
    drawn, longest = page.evaluate(
        "() => { cancelAnimationFrame(window.run);"
        " return [window.all.length * 1000 / (performance.now() - window.began), Math.max(...window.all)] }"
    )
    return f"{drawn:.0f} frames/s, longest {longest:.0f} ms"


def calm(page: Page) -> None:
    """Wait until the page has drawn what it was opened for: ten frames in a row that came in time."""
    page.evaluate(
        """() => new Promise(done => { let before = performance.now(), good = 0;
        const look = now => { good = now - before < 60 ? good + 1 : 0; before = now;
        if (good >= 10) done(); else requestAnimationFrame(look); };
        requestAnimationFrame(look); setTimeout(done, 20000); })"""
    )


@contextmanager
def browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=prepare.chromium(), args=FLAGS)
        yield chromium
        chromium.close()


def opened(chromium: Any, product: Product, user: User, version: Version) -> Page:
    """The canvas of a version, all of it in view."""
    client = Client()
    client.force_login(user)
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": product.url}])
    page: Page = context.new_page()
    page.goto(f"{product.url}/journeys/{version.journey_id}/versions/{version.pk}/")
    page.locator(".react-flow__node").first.wait_for()
    page.get_by_role("button", name="Fit to view").click()
    return page


@contextmanager
def numbers_moving(version: Version, size: int) -> Iterator[None]:
    """Every step of the version counts on, four times a second, as when the engine works at its limit."""
    stop = threading.Event()
    names = [one["id"] for one in drawn(size)["nodes"]]

    def count() -> None:
        with psycopg.connect(database_url(), autocommit=True) as connection:
            while not stop.wait(0.25):
                connection.execute(
                    "INSERT INTO engine_counter (version_id, node, port, metric, minute, writer, value) "
                    "SELECT %s, name, '', 'entered', date_trunc('minute', now()), 1, 1 FROM unnest(%s::text[]) AS name "
                    "ON CONFLICT (version_id, node, port, metric, minute, writer) "
                    "DO UPDATE SET value = engine_counter.value + 1",
                    [version.pk, names],
                )
                connection.execute("SELECT pg_notify('engine_moved', %s)", [f"[{version.pk}]"])

    thread = threading.Thread(target=count)
    thread.start()
    yield
    stop.set()
    thread.join()


def drawn(size: int) -> dict[str, Any]:
    """A tree of steps: a condition or a split after every third step, all of them valid."""
    kinds: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
        ("condition", {"paths": [{"id": "yes", "label": "Yes", "condition": "true"}]}, ("yes", "other")),
        ("wait", {"duration": "P1D"}, ("next",)),
        ("update-profile", {"fields": [{"field": "seen", "value": "true"}]}, ("next",)),
    ]
    nodes = [{"id": "event-1", "type": "event", "settings": {"event": "Order"}}]
    edges: list[dict[str, Any]] = []
    ends = [("event-1", "next")]
    for at in range(1, size):
        kind, settings, ports = kinds[at % 3]
        name = f"{kind}-{at}"
        source, port = ends.pop(0)
        nodes.append({"id": name, "type": kind, "settings": settings})
        edges.append({"from": {"node": source, "port": port}, "to": name})
        ends += [(name, port) for port in ports]
    across = 20
    return {
        "nodes": [
            {"label": "", "description": "", "position": {"x": at % across * 280, "y": at // across * 170}, **one}
            for at, one in enumerate(nodes)
        ],
        "edges": edges,
        "ends": [],
    }
