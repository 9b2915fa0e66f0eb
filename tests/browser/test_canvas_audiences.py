"""A journey that begins with an audience: chosen from a list, its people known by a namespace; and walked."""

from playwright.sync_api import expect

from designer.actions.publish import publish
from engine import clock, control
from engine.models import Audience, Instance, Namespace
from tests.browser.canvas import PATIENCE
from tests.browser.events import track
from tests.cast import graph, node
from tests.processes import wait_until

DRAWN = graph([node("audience-qualification-1"), node("wait-1", duration="P1D")], "audience-qualification-1 > wait-1")
BOUGHT = "count(#{Profile.events.OrderPlaced.all()}) > 0"


def audience(shop, name: str, rule: str, evaluation: str = "streaming") -> Audience:
    made = Audience.objects.create(
        sandbox=shop.sandbox, name=name, kind="rule", rule=rule,
        evaluation=evaluation, size=1234, evaluated_at=clock.now(), created_at=clock.now(), updated_at=clock.now(),
    )  # fmt: skip
    control.changed()
    return made


def namespaces(shop) -> None:
    for code in ("userId", "Email"):
        Namespace.objects.get_or_create(sandbox=shop.sandbox, code=code, defaults={"title": code})


def test_an_audience_is_chosen_and_whoever_enters_it_enters_the_journey(product, shop, draft, opened, ada):
    namespaces(shop)
    audience(shop, "Buyers", BOUGHT)
    audience(shop, "Everybody", "true", "batch")
    version = draft(DRAWN)
    canvas = opened(version)

    canvas.click_step("audience-qualification-1")
    canvas.field("audience").locator(".picker").click()
    canvas.type("buy")
    expect(canvas.page.get_by_role("option", name="Buyers")).to_contain_text("1,234 people, streaming")
    canvas.press("Enter")
    expect(canvas.field("audience").locator(".picker")).to_contain_text("Buyers")
    expect(canvas.field("audience").get_by_role("button", name="Copy name and id")).to_be_visible()
    canvas.field("namespace").locator("select").select_option("userId")
    canvas.is_saved()

    version.refresh_from_db()
    settings = next(one for one in version.graph["nodes"] if one["id"] == "audience-qualification-1")["settings"]
    assert (settings["audience"], settings["namespace"], settings["behaviour"]) == ("Buyers", "userId", "enter")
    publish(version, by=ada, now=clock.now())
    track(product, shop, "OrderPlaced", "ana", total=7)
    inside = Instance.objects.filter(version_id=version.pk, key="ana", ended_at=None)
    wait_until(inside.exists, "she is in the journey", patience=PATIENCE)


def test_the_namespace_chosen_last_stands_there_already(shop, draft, opened):
    namespaces(shop)
    audience(shop, "Everybody", "true", "batch")
    first = opened(draft(DRAWN))
    first.click_step("audience-qualification-1")
    first.field("namespace").locator("select").select_option("Email")
    first.is_saved()

    second = draft(graph([node("read-audience-1")]), name="Second")
    first.open(second)
    first.click_step("read-audience-1")

    expect(first.field("namespace").locator("select")).to_have_value("Email")
