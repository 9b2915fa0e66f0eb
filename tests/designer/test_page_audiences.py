"""The list of audiences: found, filtered, sorted, a page at a time."""

import re

from django.test import Client

from engine.models import Audience, Sandbox
from tests.designer.conftest import NOW


def add(sandbox: Sandbox, name: str, size: int, rule: str = "true", kind: str = "rule") -> None:
    Audience.objects.create(
        sandbox=sandbox, name=name, kind=kind, rule=rule, size=size, created_at=NOW, updated_at=NOW
    )  # fmt: skip


def names(client: Client, **asked: str) -> list[str]:
    page = client.get("/audiences/", asked).content.decode()
    return re.findall(r'class="wraps"><span class="strong">([^<]+)<', page)


def test_the_list_searches_filters_and_sorts(browser: Client, shop: Sandbox, elsewhere: Sandbox) -> None:
    add(shop, "Young", 7)
    add(shop, "List", 90, rule="", kind="upload")
    add(shop, "Both", 8, rule='inAudience("Young")')
    add(elsewhere, "Theirs", 1)

    assert names(browser) == ["Both", "List", "Young"]
    assert names(browser, sort="-size") == ["List", "Both", "Young"]
    assert names(browser, kind="upload") == ["List"]
    assert names(browser, q="you") == ["Both", "Young"]
    assert len(names(browser, sort="-last", kind="nonsense")) == 3
    assert "1 audience" in browser.get("/audiences/").content.decode()


def test_without_any_it_says_what_they_are(browser: Client, shop: Sandbox) -> None:
    assert "No audiences yet" in browser.get("/audiences/").content.decode()


def test_a_long_list_comes_a_page_at_a_time(browser: Client, shop: Sandbox) -> None:
    for number in range(60):
        add(shop, f"A{number:02}", number)
    page = browser.get("/audiences/").content.decode()
    after = re.search(r"after=([\w=%-]+)", page)

    assert after is not None
    assert len(names(browser)) == 50
    assert names(browser, after=after[1].replace("%3D", "=")) == [f"A{number}" for number in range(50, 60)]
