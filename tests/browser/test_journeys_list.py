"""The list of journeys and its calendar in use: what is chosen shows everywhere at once, and focus stays."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from designer.actions.publish import publish
from designer.models import Version
from engine import clock
from tests.cast import graph, node

ORDERED = graph([node("event-1", event="OrderPlaced"), node("wait-1", duration="P2D")], "event-1 > wait-1")
SIGNED_UP = graph([node("event-1", event="SignedUp"), node("wait-1", duration="P2D")], "event-1 > wait-1")


def journeys(page: Page) -> list[str]:
    return page.locator("#list .row-link").all_inner_texts()


def words(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query, keep_blank_values=True)


def test_filters_count_at_once_and_a_chip_takes_its_filter_out_of_the_form_too(draft, opened, product, ada):
    publish(draft(ORDERED, name="Thanks"), by=ada, now=clock.now())
    draft(SIGNED_UP, name="Welcome")
    page = opened(draft(name="Empty")).page
    page.goto(f"{product.url}/journeys/")
    expect(page.locator("#list .row-link")).to_have_count(3)

    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Uses event").select_option("OrderPlaced")
    expect(page.locator("#list .row-link")).to_have_count(1)
    page.get_by_label("Created by").select_option("ada")
    expect(page.locator(".filter-chip")).to_have_count(2)

    assert journeys(page) == ["Thanks"]
    expect(page.locator("#filter-count")).to_have_text("2 set")
    assert words(page) == {"status": [""], "event": ["OrderPlaced"], "created_by": ["ada"]}

    page.keyboard.press("Escape")
    page.locator(".filter-chip", has_text="OrderPlaced").click()
    expect(page.locator("#list .row-link")).to_have_count(3)
    assert words(page) == {"status": [""], "created_by": ["ada"]}
    assert page.locator("[name=event]").input_value() == ""

    page.locator("#list").get_by_text("Clear all").click()
    expect(page.locator(".filter-chip")).to_have_count(0)
    assert page.locator("[name=created_by]").input_value() == ""


def test_columns_come_and_go_while_their_menu_stays_open(draft, opened, product):
    page = opened(draft(SIGNED_UP)).page
    page.goto(f"{product.url}/journeys/?q=Wel&sort=name")

    page.get_by_text("Columns", exact=True).click()
    page.get_by_role("checkbox", name="Published", exact=True).check()
    expect(page.get_by_role("columnheader", name="Published")).to_be_visible()
    page.get_by_role("checkbox", name="Version", exact=True).uncheck()
    expect(page.get_by_role("columnheader", name="Version")).to_have_count(0)
    expect(page.get_by_role("checkbox", name="Errors", exact=True)).to_be_visible()

    page.reload()
    expect(page.get_by_role("columnheader", name="Published")).to_be_visible()
    assert words(page) == {"q": ["Wel"], "sort": ["name"]}


def test_the_calendar_is_walked_by_keyboard_alone(draft, opened, product, ada):
    version: Version = publish(draft(ORDERED, name="Thanks"), by=ada, now=clock.now())
    page = opened(version).page
    page.goto(f"{product.url}/journeys/calendar/")
    title = page.locator(".week-title").inner_text()

    page.locator("#week-after").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".week-title")).not_to_have_text(title)
    expect(page.locator("#week-after")).to_be_focused()
    page.locator("#week-now").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".week-title")).to_have_text(title)

    page.get_by_role("link", name="Thanks 1.0").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/versions/{version.pk}/")


def test_on_a_phone_the_week_is_a_list_of_its_days(draft, opened, product, ada):
    version = publish(draft(ORDERED, name="Thanks"), by=ada, now=clock.now())
    page = opened(version, viewport={"width": 390, "height": 844}).page
    page.goto(f"{product.url}/journeys/calendar/")

    expect(page.locator(".week")).to_be_hidden()
    expect(page.locator(".days-list").get_by_role("link", name="Thanks 1.0").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
