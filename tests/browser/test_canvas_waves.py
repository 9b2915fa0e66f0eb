"""Waves of a read audience are set in its panel, which asks only for what belongs together."""

from playwright.sync_api import expect

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

    version.refresh_from_db()
    settings = version.graph["nodes"][0]["settings"]
    assert (settings["waves"], settings["wave_interval"]) == ("percent", "P1D")
    assert settings["wave_sizes"] == [{"size": 45}, {"size": 45}]
    canvas.field("schedule").locator("select").select_option(label="Daily")
    expect(canvas.field("waves")).to_have_count(0)
    expect(canvas.field("wave_sizes")).to_have_count(0)
