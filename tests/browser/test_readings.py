"""An audience that is being read is watched while it goes, on its step and on its page, and stopped with the mouse."""

from playwright.sync_api import expect

from engine import clock
from engine.audiences import reading
from engine.models import ReadMember, ReadRun
from tests.cast import node
from tests.readers import makes_audience, makes_people, reading_graph

BEHIND = "read-audience-1 > wait-1"


def waiting():
    return reading_graph(node("wait-1", duration="P1D"), lines=(BEHIND,), reading_rate=500)


def test_a_reading_is_watched_and_stopped(product, shop, live, opened):
    people = makes_people(shop, 60_000)
    makes_audience(shop, people)
    version = live(waiting())
    reading.carry_on(clock.now())
    canvas = opened(version)

    canvas.click_step("read-audience-1")
    now = canvas.page.get_by_role("region", name="Latest reading")
    expect(now).to_contain_text("of 60,000 read")
    expect(now).to_contain_text("a second of 500")
    now.get_by_role("link", name="All readings").click()
    page = canvas.page
    bar = page.get_by_role("progressbar", name="Read of “Buyers”")
    before = int(bar.get_attribute("value") or 0)
    page.wait_for_function(f"Number(document.querySelector('.run-progress').value) > {before}")  # it goes on by itself
    page.get_by_role("link", name="Stop reading “Buyers”").click()
    expect(page.get_by_role("dialog")).to_contain_text("they stay in the journey")
    page.get_by_role("dialog").get_by_role("button", name="Stop reading").click()

    expect(page.locator("#notices")).to_contain_text("is stopped")
    expect(page.locator("#list")).to_contain_text("Somebody stopped it.")
    run = ReadRun.objects.get()
    assert (run.state, run.reason) == ("dropped", "")
    assert 0 < run.read < 60_000
    assert not ReadMember.objects.exists()


def test_why_people_were_refused_stands_behind_their_number(product, shop, live, opened):
    makes_audience(shop, makes_people(shop, 20))
    version = live(reading_graph(node("wait-1", duration="P1D"), lines=(BEHIND,), namespace="Email"))
    reading.carry_on(clock.now())
    page = opened(version).page
    page.goto(f"{product.url}/audiences/readings/")

    page.get_by_role("link", name="20 refused: why").click()

    expect(page.get_by_role("dialog")).to_contain_text("Has no identity of the namespace")
    expect(page.get_by_role("dialog").get_by_role("cell", name="20")).to_be_visible()
