"""The panel of a read audience: waves and supplemental ids; it asks only for what belongs together."""

from playwright.sync_api import expect

from engine.models import Namespace
from tests.browser.test_canvas_audiences import namespaces
from tests.cast import graph, node
from tests.readers import makes_audience, makes_people


def test_parts_in_percent_are_given_one_by_one_and_their_sum_is_looked_at(shop, draft, opened):
    namespaces(shop)
    makes_audience(shop, makes_people(shop, 3))
    version = draft(graph([node("read-audience-1", audience="Buyers", namespace="userId")]))
    canvas = opened(version)

    canvas.click_step("read-audience-1")
    expect(canvas.field("wave_interval")).to_have_count(0)
    canvas.field("waves").locator("select").select_option(label="Parts in percent")
    for wave in range(2):
        canvas.button("Add wave").click()
        canvas.field(f"wave_sizes.{wave}.size").locator("input").fill("45")
    canvas.field("wave_interval").locator("select").select_option(label="days")
    expect(canvas.page.get_by_text("The waves add up to 90 %: the rest is never read.").first).to_be_visible()
    canvas.is_saved()

    face = canvas.step("read-audience-1").locator(".step-notes")
    expect(face).to_have_text("In waves of 45 %, every 1 day")
    version.refresh_from_db()
    settings = version.graph["nodes"][0]["settings"]
    assert (settings["waves"], settings["wave_interval"]) == ("percent", "P1D")
    assert settings["wave_sizes"] == [{"size": 45}, {"size": 45}]
    canvas.field("schedule").locator("select").select_option(label="Daily")
    expect(face).to_have_count(0)
    expect(canvas.field("waves")).to_have_count(0)
    expect(canvas.field("wave_sizes")).to_have_count(0)


def test_a_run_for_each_booking_is_asked_for_in_the_panel(shop, draft, opened):
    namespaces(shop)
    Namespace.objects.create(sandbox=shop.sandbox, code="BookingId", title="Booking", is_people_based=False)
    makes_audience(shop, makes_people(shop, 3))
    version = draft(graph([node("read-audience-1", audience="Buyers", namespace="userId")]))
    canvas = opened(version)

    canvas.click_step("read-audience-1")
    expect(canvas.field("namespace").locator("option")).not_to_contain_text(["Booking (BookingId)"])
    canvas.field("supplemental_namespace").locator("select").select_option("BookingId")
    expect(canvas.page.get_by_text("500 people a second are the most").first).to_be_visible()
    canvas.fill("reading_rate", "500")
    canvas.write("supplemental_expression", "#{Profile.attributes.booking}")
    canvas.is_saved()

    expect(canvas.page.locator(".badge.is-error")).to_have_count(0)
    expect(canvas.step("read-audience-1").locator(".step-notes")).to_have_text("One for each BookingId")
    version.refresh_from_db()
    settings = version.graph["nodes"][0]["settings"]
    assert settings["supplemental_namespace"] == "BookingId"
    assert settings["supplemental_expression"] == "#{Profile.attributes.booking}"
