"""What holds for every page: who may see it, and that it stands on its own."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, get_resolver

from designer import urls
from designer.pages.context import SECTIONS
from tests.designer.conftest import logged_in

LISTS = ["/journeys/", "/journeys/calendar/", "/events/", "/events/new/", "/profiles/", "/messages/", "/stream/",
         "/stream/rejected/", "/stream/discards/", "/settings/", "/settings/namespaces/",
         "/settings/members/"]  # fmt: skip
OPEN = {"login", "logout", "home"}
PAGES = [found for found in urls.urlpatterns if isinstance(found, URLPattern) and found.name not in OPEN]


def address(pattern: URLPattern) -> str:
    return "/" + re.sub(r"<\w+:\w+>", "7", str(pattern.pattern))


@pytest.mark.parametrize("pattern", PAGES, ids=lambda pattern: str(pattern.name))
def test_whoever_is_not_logged_in_is_asked_to_first(db: None, pattern: URLPattern) -> None:
    for answer in (Client().get(address(pattern)), Client().post(address(pattern))):
        assert answer.status_code in (302, 405)
        assert answer.status_code == 405 or answer["Location"].startswith("/log-in/?next=")


@pytest.mark.parametrize("path", LISTS)
def test_whoever_belongs_to_no_sandbox_is_told_so(db: None, path: str) -> None:
    answer = logged_in(User.objects.create_user("nobody")).get(path)

    assert answer.status_code == 403
    assert "You belong to no sandbox yet" in answer.content.decode()


@pytest.mark.parametrize("path", LISTS)
def test_every_page_is_whole_when_there_is_nothing_to_show(browser: Client, shop: Any, path: str) -> None:
    answer = browser.get(path)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("<h1") == 1
    assert " · JourneyOpt</title>" in page
    assert "style=" not in page
    assert "<c-" not in page


@pytest.mark.parametrize(("label", "path"), [section[:2] for section in SECTIONS])
def test_every_section_of_the_sidebar_leads_somewhere_and_says_where_one_is(
    browser: Client, shop: Any, label: str, path: str
) -> None:
    page = browser.get(path).content.decode()

    current = re.search(r'<a href="([^"]*)" aria-current="page" title="([^"]*)"', page)
    assert current
    assert current.groups() == (path, label)


def test_what_the_sidebar_hides_when_it_is_narrow_has_a_name_all_the_same(browser: Client) -> None:
    """Below 1,000 px the words go and the icons stay."""
    page = browser.get("/journeys/").content.decode()
    sidebar = page[page.index('<aside class="sidebar">') : page.index("</aside>")]

    links = re.findall(r"<(?:a|summary)\b[^>]*>", sidebar.split('<div class="menu-items')[0].split("<form")[0])
    links += re.findall(r"<a\b[^>]*>", sidebar[sidebar.index('<nav class="sections"') : sidebar.index("</nav>")])

    assert len(links) > len(SECTIONS)
    assert [link for link in links if "aria-label=" not in link and "title=" not in link] == []


def test_every_address_is_named_once() -> None:
    names = [pattern.name for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)]

    assert len(names) == len(set(names))
    assert get_resolver()
