"""The rule of an audience in rows: filled in with mouse or keyboard, estimated while it grows, never lost as a text."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from engine import clock
from engine.models import Audience, Event, Membership, Profile
from tests.cast import graph, node

ORDERED = graph([node("event-1", event="OrderPlaced"), node("wait-1", duration="P2D")], "event-1 > wait-1")


@pytest.fixture
def people(shop):
    """Three in Paris: the first ordered a lot lately, the second long ago; the third is in the audience Gold."""
    now = clock.now()
    gold = Audience.objects.create(
        sandbox=shop.sandbox, name="Gold", kind="rule", rule="true", created_at=now, updated_at=now
    )
    for number in (1, 2, 3):
        Profile.objects.create(
            shard=number, id=number, sandbox=shop.sandbox, attributes={"city": "Paris"}, created_at=now, updated_at=now
        )
    for id, (profile, days, total) in enumerate(((1, 1, 120.0), (1, 2, 80.0), (2, 90, 300.0)), 1):
        at = now - timedelta(days=days)
        Event.objects.create(
            shard=profile, id=id, sandbox_id=shop.sandbox.pk, profile_id=profile, name="OrderPlaced",
            message_id=str(id), payload={"timestamp": at.isoformat(), "properties": {"total": total}},
            outcomes=[{"definition": "OrderPlaced"}], occurred_at=at, received_at=at,
        )  # fmt: skip
    Membership.objects.create(shard=3, profile_id=3, audience_id=gold.pk, is_member=True, changed_at=now)


@pytest.fixture
def form(draft, opened, product, people) -> Page:
    page = opened(draft(ORDERED)).page
    page.goto(f"{product.url}/audiences/new/")
    expect(page.get_by_text("No conditions yet")).to_be_visible()
    return page


def add(page: Page, what: str) -> None:
    page.locator(".group-box:not(.is-where) > .group-adds").get_by_role("button", name=what, exact=True).last.click()


def test_an_audience_is_made_in_rows_with_the_mouse(form):
    page = form
    page.get_by_label("Name", exact=True).fill("Big in Paris")
    verdict = page.locator("#rule-verdict")

    add(page, "Condition")
    page.get_by_role("button", name="Choose a field").click()
    page.get_by_role("option", name="city").click()
    page.get_by_role("textbox", name="Value: Condition 1").fill("Paris")
    expect(verdict).to_contain_text("True of 3 people now.")
    add(page, "Event")
    page.get_by_role("button", name="Choose an event").click()
    page.get_by_role("option", name="OrderPlaced").click()
    expect(verdict).to_contain_text("True of 2 people now.")
    page.get_by_label("Since when: Event 2").select_option("in the last")
    expect(verdict).to_contain_text("True of 1 person now.")
    page.get_by_label("Comparison: Event 2").select_option("has a sum of at least")
    page.get_by_label("Sum of a field: Event 2").select_option("properties.total")
    page.get_by_role("textbox", name="Value: Event 2").fill("100")
    page.get_by_role("button", name="Where…").click()
    page.get_by_role("button", name="Choose a field").click()
    page.locator(".list-option", has_text="properties.total").click()
    page.get_by_label("Comparison: Condition 3").select_option("is more than")
    page.get_by_role("textbox", name="Value: Condition 3").fill("100")
    expect(verdict).to_contain_text("True of 1 person now.")
    add(page, "Audience")
    page.get_by_label("Audience: Condition 4").select_option("Gold")
    expect(verdict).to_contain_text("True of 0 people now.")
    page.get_by_label("Comparison: Condition 4").select_option("is not in the audience")
    expect(verdict).to_contain_text("True of 1 person now.")
    page.get_by_role("button", name="Create audience").click()

    expect(page.get_by_role("heading", name="Big in Paris")).to_be_visible()
    assert Audience.objects.get(name="Big in Paris").rule == (
        '#{Profile.attributes.city} == "Paris" and '
        "sum(#{Profile.events.OrderPlaced.all(inLastDays(currentDataPackField.timestamp, 30) and "
        "currentDataPackField.properties.total > 100).properties.total}) >= 100 and "
        'not inAudience("Gold")'
    )


def test_rows_and_text_are_the_same_rule_and_what_cannot_be_rows_stays_a_text(form):
    page = form
    rule = "count(#{Profile.events.OrderPlaced.all()})   >=   2"
    page.get_by_role("radio", name="Rows").focus()
    page.keyboard.press("ArrowRight")
    box = page.get_by_role("textbox", name="Rule")
    box.fill(rule)

    page.get_by_role("radio", name="Rows").click()
    expect(page.get_by_label("Comparison: Event 1")).to_have_value("times_least")
    assert page.locator("#rule").input_value() == rule  # as it was typed
    page.get_by_role("textbox", name="Value: Event 1").fill("3")
    page.get_by_role("radio", name="Text").click()
    expect(box).to_have_value("count(#{Profile.events.OrderPlaced.all()}) >= 3")
    box.fill('lower(#{Profile.attributes.city}) == "paris"')
    page.get_by_role("radio", name="Rows").click()

    expect(page.get_by_role("alert").filter(has_text="cannot be shown as rows")).to_contain_text("`lower`")
    expect(box).to_have_value('lower(#{Profile.attributes.city}) == "paris"')
    expect(page.locator("#rule-verdict")).to_contain_text("True of 3 people now.")


def test_by_the_keyboard_alone_and_what_is_not_complete_is_not_sent(form):
    page = form
    page.get_by_label("Name", exact=True).fill("Rich")
    page.locator(".group-adds").get_by_role("button", name="Event").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Event: Choose an event, Event 1")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("order")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Event: OrderPlaced, Event 1")).to_be_focused()
    page.keyboard.press("Tab")
    page.get_by_label("Comparison: Event 1").select_option("happened exactly")

    page.get_by_role("button", name="Create audience").click()
    expect(page.get_by_text("1 condition is not complete.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Value: Event 1")).to_be_focused()
    assert not Audience.objects.filter(name="Rich").exists()
    page.keyboard.type("2")
    page.keyboard.press("Enter")  # sends nothing
    expect(page.locator("#rule-verdict")).to_contain_text("True of 1 person now.")
    page.get_by_role("button", name="Move down: Event 1").focus()
    page.keyboard.press("Control+z")

    expect(page.get_by_role("textbox", name="Value: Event 1")).to_have_value("")


def test_a_rule_that_is_kept_opens_as_rows_and_fits_a_phone(form, product, shop):
    page = form
    kept = Audience.objects.create(
        sandbox=shop.sandbox, name="Kept", kind="rule", created_at=clock.now(), updated_at=clock.now(),
        rule='#{Profile.attributes.city} == "Paris" and count(#{Profile.events.OrderPlaced.all()}) == 0',
    )  # fmt: skip
    page.set_viewport_size({"width": 390, "height": 844})

    page.goto(f"{product.url}/audiences/{kept.pk}/edit/")

    expect(page.get_by_label("Comparison: Event 2")).to_have_value("never")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Comparison: Event 2").select_option("happened")
    expect(page.locator("#rule-verdict")).to_contain_text("True of 2 people now.")
