"""An audience is made with the mouse alone: its rule is checked while it is written, and it stands in the list."""

from playwright.sync_api import expect

from engine import clock
from engine.models import Audience, Profile
from tests.cast import graph, node

ORDERED = graph([node("event-1", event="OrderPlaced"), node("wait-1", duration="P2D")], "event-1 > wait-1")


def test_an_audience_is_made_by_clicking_and_found_in_the_list(draft, opened, product, shop):
    for number, city in enumerate(("Paris", "Rome", "Paris"), 1):
        Profile.objects.create(
            shard=number, id=number, sandbox=shop.sandbox, attributes={"city": city}, created_at=clock.now(),
            updated_at=clock.now(),
        )  # fmt: skip
    page = opened(draft(ORDERED)).page
    page.goto(f"{product.url}/audiences/")
    page.get_by_role("link", name="New audience").first.click()

    page.get_by_label("Name").fill("Parisians")
    page.get_by_role("radio", name="Text").click()
    page.get_by_role("textbox", name="Rule").fill('#{Profile.attributes.city} ==\n  "Paris" and and')
    expect(page.locator("#rule-verdict")).to_contain_text("Line 2, character")
    page.get_by_role("textbox", name="Rule").fill('#{Profile.attributes.city} == "Paris"')
    expect(page.locator("#rule-verdict")).to_contain_text("True of 2 people now.")
    page.get_by_role("radio", name="Streaming").click()
    expect(page.get_by_label("How often")).to_be_hidden()
    page.get_by_role("button", name="Create audience").click()
    expect(page.get_by_role("heading", name="Parisians")).to_be_visible()

    page.locator(".crumb").click()
    expect(page.locator("#list .row-link")).to_have_text(["Parisians"])
    assert Audience.objects.get().evaluation == "streaming"


def test_what_the_kind_has_no_use_for_is_not_shown_and_one_is_deleted_with_a_dialog(draft, opened, product, shop):
    for name in ("Young", "Rich"):
        Audience.objects.create(
            sandbox=shop.sandbox, name=name, kind="rule", rule="true", created_at="2026-03-01T12:00:00Z",
            updated_at="2026-03-01T12:00:00Z",
        )  # fmt: skip
    page = opened(draft(ORDERED)).page
    page.goto(f"{product.url}/audiences/new/")

    page.get_by_role("radio", name="Composed of others").click()
    expect(page.get_by_role("textbox", name="Rule")).to_be_hidden()
    page.get_by_role("radio", name="Intersection").click()
    page.get_by_label("Name").fill("Both")
    page.locator(".field-list").get_by_text("Young").click()
    page.locator(".field-list").get_by_text("Rich").click()
    expect(page.locator("#parts-verdict")).to_contain_text("True of 0 people now.")
    page.get_by_role("button", name="Create audience").click()
    expect(page.get_by_role("heading", name="Both")).to_be_visible()
    assert Audience.objects.get(name="Both").rule == 'inAudience("Rich") and inAudience("Young")'

    page.get_by_role("link", name="Delete audience").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete audience").click()
    expect(page.locator("#list .row-link")).to_have_text(["Rich", "Young"])
