"""A published version, watched: people move, and the canvas shows it."""

import pytest
from playwright.sync_api import expect

from engine.models import Instance
from tests.browser.canvas import PATIENCE
from tests.browser.events import identify, track
from tests.cast import graph, node
from tests.processes import wait_until


def journey(seconds: int = 600):
    return graph(
        [
            node("event-1", event="SignedUp"),
            node(
                "condition-1",
                paths=[{"id": "big", "label": "Big", "condition": "@event{SignedUp.properties.total} > 100"}],
            ),
            node("wait-1", duration=f"PT{seconds}S"),
            node("update-profile-1", fields=[{"field": "welcomed", "value": "true"}]),
        ],
        "event-1 > condition-1",
        "condition-1.big > wait-1",
        "wait-1 > update-profile-1",
    )


@pytest.fixture
def watched(live, opened):
    """A live version on the screen, with its socket open."""

    def make(**how: int):
        canvas = opened(live(journey(**how)))
        expect(canvas.page.locator(".pulse.is-live")).to_be_visible()
        return canvas

    return make


def test_numbers_move_with_the_events(watched, product, shop):
    canvas = watched()
    expect(canvas.count("event-1", "Entered")).to_have_text("0")

    track(product, shop, "SignedUp", "ana", "ben", "cleo", total=500)
    expect(canvas.count("event-1", "Entered")).to_have_text("3")
    expect(canvas.count("wait-1", "Waiting here")).to_have_text("3")
    expect(canvas.page.locator(".total.is-active")).to_contain_text("3")
    assert canvas.page.locator(".line-count").all_inner_texts() == ["3", "3"]
    track(product, shop, "SignedUp", "dora", total=5)
    expect(canvas.end("condition-1.other")).to_contain_text("1")
    expect(canvas.page.locator(".total.is-ended")).to_contain_text("1")


def test_behind_every_number_are_its_people(watched, product, shop):
    identify(product, shop, "ana", email="ana@example.org")
    identify(product, shop, "ben", email="ben@example.org")
    canvas = watched()
    track(product, shop, "SignedUp", "ana", total=500)
    track(product, shop, "SignedUp", "ben", total=5)
    people = canvas.page.locator(".people")

    expect(canvas.count("wait-1", "Waiting here")).to_have_text("1")
    canvas.count("wait-1", "Waiting here").click()
    expect(people.get_by_role("heading")).to_have_text("Waiting here: Wait")
    expect(people.get_by_role("listitem")).to_have_count(1)
    expect(people.get_by_role("listitem")).to_contain_text("ana@example.org")
    expect(canvas.count("event-1", "Entered")).to_have_text("2")
    canvas.count("event-1", "Entered").click()
    expect(people.get_by_role("listitem")).to_have_count(2)
    canvas.count("event-1", "Errors").click()
    expect(people).to_contain_text("Nobody is here at the moment.")

    canvas.click_step("wait-1")
    expect(people).to_have_count(0)
    canvas.page.get_by_role("button", name="Waiting here").last.click()
    expect(people).to_contain_text("ana@example.org")


def test_one_person_is_followed_and_their_way_turns_green(watched, product, shop):
    identify(product, shop, "ana", email="ana@example.org")
    canvas = watched(seconds=3)
    track(product, shop, "SignedUp", "ana", total=500)

    canvas.button("Follow a person").click()
    canvas.page.get_by_role("combobox", name="E-mail address or identity").fill("ana@")
    canvas.page.get_by_role("option", name="ana@example.org").click()
    expect(canvas.page.locator(".followed")).to_contain_text("is at “Wait”")
    expect(canvas.step("wait-1").locator(".trail-here")).to_be_visible()
    expect(canvas.step("condition-1").locator(".trail-passed")).to_be_visible()
    expect(canvas.step("update-profile-1").locator(".trail-off")).to_be_visible()
    expect(canvas.page.locator('.react-flow__edge[data-id="condition-1.big>wait-1"] .line.is-passed')).to_be_attached()

    expect(canvas.step("update-profile-1").locator(".trail-passed")).to_be_visible()
    expect(canvas.page.locator(".followed")).to_contain_text("has left the journey")
    canvas.button("Stop following").click()
    expect(canvas.page.locator(".trail-passed")).to_have_count(0)


def test_numbers_come_another_way_while_the_socket_is_down(live, opened, product, shop):
    canvas = opened(live(journey()), service_workers="block")
    canvas.forgive("WebSocket")
    canvas.page.route_web_socket("**/ws/**", lambda socket: socket.close())
    canvas.page.reload()
    expect(canvas.page.locator(".pulse.is-polling")).to_be_visible()

    track(product, shop, "SignedUp", "ana", total=500)

    expect(canvas.count("event-1", "Entered")).to_have_text("1")


def test_who_publishes_sees_people_enter_without_loading_again(draft, opened, product, shop):
    canvas = opened(draft(journey()))

    canvas.button("Publish").click()
    canvas.dialog().get_by_role("button", name="Publish").click()
    expect(canvas.page.locator(".pulse.is-live")).to_be_visible()
    track(product, shop, "SignedUp", "ana", total=500)

    expect(canvas.count("wait-1", "Waiting here")).to_have_text("1")


def test_a_version_stopped_elsewhere_says_so_here(watched, product, shop, ada):
    from designer.actions.stop import stop
    from designer.models import Version
    from engine import clock

    canvas = watched()
    track(product, shop, "SignedUp", "ana", total=500)
    expect(canvas.count("wait-1", "Waiting here")).to_have_text("1")

    stop(Version.objects.get(), by=ada, now=clock.now())

    expect(canvas.page.locator(".version-button")).to_contain_text("Stopped")
    expect(canvas.count("wait-1", "Waiting here")).to_have_text("0")
    wait_until(lambda: canvas.page.locator(".total.is-active b").inner_text() == "0", "nobody is inside")


def test_from_the_page_about_a_person_one_click_leads_to_following_them(watched, product, shop):
    canvas = watched()
    identify(product, shop, "ana", email="ana@example.org")
    track(product, shop, "SignedUp", "ana", total=500)
    expect(canvas.count("wait-1", "Waiting here")).to_have_text("1")

    canvas.page.goto(f"{product.url}/profiles/")
    canvas.page.get_by_role("link", name="ana@example.org").click()
    canvas.page.get_by_title("Follow this person on the canvas").click()

    expect(canvas.page.locator(".followed")).to_contain_text("ana@example.org")
    expect(canvas.step("wait-1").locator(".step.trail-here")).to_be_visible()
    assert "follow" not in canvas.page.url


def test_an_experiment_shows_how_it_stands_and_gives_everybody_the_better_treatment(product, shop, live, opened):
    treatments = [{"id": "a", "label": "Plain", "share": 50}, {"id": "b", "label": "Bold", "share": 50}]
    flow = graph(
        [node("event-1", event="SignedUp"), node("experiment-1", treatments=treatments, success="OrderPlaced"),
         node("wait-1", duration="P1D")],
        "event-1 > experiment-1", "experiment-1.b > wait-1",
    )  # fmt: skip
    version = live(flow)
    people = [f"p{number}" for number in range(30)]
    track(product, shop, "SignedUp", *people)
    inside = Instance.objects.filter(version_id=version.pk)
    wait_until(lambda: inside.count() == 30, "they came", patience=PATIENCE)
    bold = list(inside.filter(port="b").values_list("key", flat=True))
    track(product, shop, "OrderPlaced", *bold)
    canvas = opened(version)

    canvas.click_step("experiment-1")
    row = canvas.page.locator('[data-treatment="b"]')
    expect(row).to_contain_text(f"{len(bold)} · 100 %")
    expect(row).to_contain_text("Share now: 50 %")
    row.get_by_role("button", name="Give everybody Bold").click()
    expect(canvas.dialog()).to_contain_text("This cannot be taken back in this version.")
    canvas.dialog().get_by_role("button", name="Give everybody Bold").click()

    expect(row).to_contain_text("Share now: 100 %")
    expect(canvas.page.get_by_text("Everybody has got “Bold” since")).to_contain_text("said ada")
    before = set(inside.values_list("id", flat=True))
    track(product, shop, "SignedUp", *[f"q{number}" for number in range(10)])
    wait_until(lambda: inside.count() == 40, "the others came", patience=PATIENCE)
    assert set(inside.exclude(id__in=before).values_list("port", flat=True)) == {"b"}
