"""One product and one Chromium for all browser tests; for each test a shop, its people, and pages without complaint."""

import os
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from designer.actions.create_journey import create_journey
from designer.actions.publish import publish
from designer.models import Membership, Role, Version
from engine import clock
from tests import prepare
from tests.browser.canvas import PATIENCE, Canvas
from tests.cast import Graph, Shop
from tests.processes import Product

PASSWORD = "ada-lovelace-1843"
CANVASES = pytest.StashKey[list[Canvas]]()
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
ORDER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "properties": {
            "type": "object",
            "properties": {"order_id": {"type": "string"}, "total": {"type": "number"}},
        }
    },
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def product(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    product = Product(tmp_path_factory.mktemp("product"))
    product.start("web", "engine", "courier", "mail")
    yield product
    product.stop()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    # Playwright's loop runs in this thread; Django would take it for code that must not ask the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=prepare.chromium(), args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def shop(chromium: Browser, committed: None) -> Shop:
    """A sandbox in which people sign up and order."""
    _goes_first()
    shop = Shop()
    shop.defines("SignedUp", description="Somebody made an account.", schema=ORDER)
    shop.defines("OrderPlaced", description="Somebody has paid.", schema=ORDER)
    return shop


def _goes_first() -> None:
    """Where emptying the tables crosses a reader among the processes, PostgreSQL stops the reader, who asks again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('deadlock_timeout', '30s', false) FROM pg_roles WHERE rolname = user AND rolsuper"
        )


@pytest.fixture
def ada(shop: Shop) -> User:
    return member("ada", shop, Role.ADMINISTRATOR)


def member(name: str, shop: Shop, role: str) -> User:
    user = User.objects.create(username=name, password=_hashed())
    Membership.objects.create(user=user, sandbox=shop.sandbox, role=role)
    return user


@cache
def _hashed() -> str:
    """Once: the hash is made to take a third of a second."""
    return make_password(PASSWORD)


@pytest.fixture
def draft(shop: Shop, ada: User) -> Callable[..., Version]:
    """Make a draft with a graph; without one it is empty."""

    def make(graph: Graph | None = None, name: str = "Welcome") -> Version:
        return create_journey(sandbox=shop.sandbox, name=name, by=ada, now=clock.now(), graph=graph and standing(graph))

    return make


@pytest.fixture
def live(draft: Callable[..., Version], ada: User) -> Callable[[Graph], Version]:
    """Make a journey and publish it."""

    def make(graph: Graph) -> Version:
        return publish(draft(graph), by=ada, now=clock.now())

    return make


def standing(graph: Graph) -> Graph:
    """The graph with places: one column after the other, unless a node has its own."""
    nodes = [
        {"label": "", "description": "", "position": {"x": at * 280, "y": 0}, **node}
        for at, node in enumerate(graph["nodes"])
    ]
    return {**graph, "nodes": nodes}


@pytest.fixture
def opened(
    product: Product, chromium: Browser, ada: User, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Canvas]]:
    """Open a version in a browser of its own, logged in; without a version, the front page for who is not logged in.

    When the test ends, no page may have complained.
    """
    canvases = request.node.stash.setdefault(CANVASES, [])

    def open_(version: Version | None, *, user: User = ada, beside: Canvas | None = None, **how: Any) -> Canvas:
        context = beside.page.context if beside else new_context(chromium, product, user if version else None, **how)
        canvas = Canvas(context.new_page(), product.url)
        canvases.append(canvas)
        if version is None:
            canvas.page.goto(product.url)
        else:
            canvas.open(version)
        return canvas

    yield open_
    complaints = [complaint for canvas in canvases for complaint in canvas.complaints]
    for context in {canvas.page.context for canvas in canvases}:
        context.close()
    assert not complaints


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """To a failure belongs what stood on the screen."""
    report = yield
    if report.when == "call" and report.failed:
        for canvas in item.stash.get(CANVASES, []):
            report.sections.append((f"on the screen of {canvas.page.url}", canvas.seen()))
    return report


def new_context(chromium: Browser, product: Product, user: User | None, **how: Any) -> BrowserContext:
    """A browser of its own, for somebody who asked for no motion: what is measured then stands where it is."""
    context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", **how})
    context.set_default_timeout(PATIENCE * 1000)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=product.url)
    if user is not None:
        log_in(context, product, user)
    return context


def log_in(context: BrowserContext, product: Product, user: User) -> None:
    client = Client()
    client.force_login(user)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": product.url}])
