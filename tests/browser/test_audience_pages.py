"""Every page about audiences in light and dark: nothing on it is closed to people who see, hear or move differently."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from designer import preferences
from engine import clock, tasks
from engine.models import Audience, AudienceRun, Namespace, ReadCount, ReadRun
from tests.browser.axe import AXE, violations
from tests.cast import node
from tests.readers import makes_audience, makes_people, reading_graph

pytestmark = pytest.mark.parametrize("theme", ["light", "dark"])
BEHIND = "read-audience-1 > wait-1"


@pytest.fixture
def page(ada, theme, draft, opened) -> Page:
    """A browser in this theme. Forms that come back with their problems do so as 422, which it remarks on."""
    if not AXE.exists():
        pytest.skip("axe comes with the canvas' packages: run manage.py frontend test once")
    preferences.write(ada, "theme", theme)
    canvas = opened(draft(name="First"))
    canvas.forgive("422")
    return canvas.page


@pytest.fixture
def goes(page, product):
    def go(path: str) -> Page:
        page.goto(f"{product.url}{path}")
        return page

    return go


def evaluated(audience: Audience) -> None:
    """Four evaluations: a plot with a line, one that failed, one that runs."""
    now = clock.now()
    for hours, state, size in ((30, "done", 5), (20, "done", 9), (10, "failed", 0), (0, "running", 0)):
        AudienceRun.objects.create(
            audience=audience, state=state, started_at=now - timedelta(hours=hours), size=size, entered=size,
            finished_at=None if state == "running" else now, error="The rule took too long." * (state == "failed"),
        )  # fmt: skip


def test_the_list_with_and_without_audiences(goes, shop):
    page = goes("/audiences/")
    expect(page.get_by_text("No audiences yet")).to_be_visible()
    assert violations(page) == []

    makes_audience(shop, makes_people(shop, 3), description="Who bought something")
    page.reload()
    expect(page.locator("#list .row-link")).to_have_text(["Buyers"])
    assert violations(page) == []


def test_the_form_of_a_rule_in_rows_and_as_a_text_with_and_without_problems(goes, shop):
    makes_audience(shop, makes_people(shop, 3))
    page = goes("/audiences/new/")
    expect(page.get_by_text("No conditions yet")).to_be_visible()
    assert violations(page) == []

    page.locator(".group-adds").get_by_role("button", name="Event").click()
    page.get_by_role("button", name="Choose an event").click()
    expect(page.locator(".list-option").first).to_be_visible()
    assert violations(page) == []
    page.locator(".list-option").first.click()
    page.get_by_label("Comparison: Event 1").select_option("times_least")
    page.get_by_role("button", name="Where…").click()
    page.locator(".group-adds").last.get_by_role("button", name="Audience").click()
    page.get_by_role("button", name="Create audience").click()
    expect(page.get_by_text("conditions are not complete.")).to_be_visible()
    assert violations(page) == []

    page.get_by_role("radio", name="Text").click()
    page.get_by_role("textbox", name="Rule").fill("true and")
    expect(page.locator("#rule-verdict")).to_contain_text("Line 1")
    page.get_by_role("radio", name="Rows").click()
    expect(page.get_by_role("alert").filter(has_text="cannot be shown as rows")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Create audience").click()
    expect(page.get_by_text("It is not saved yet")).to_be_visible()
    assert violations(page) == []


def test_the_form_of_a_composition_with_and_without_problems(goes, shop):
    makes_audience(shop, makes_people(shop, 3))
    makes_audience(shop, makes_people(shop, 2, first=4), name="Readers")
    page = goes("/audiences/new/")
    page.get_by_role("radio", name="Composed of others").click()
    page.locator(".field-list").get_by_text("Buyers").click()
    page.locator(".field-list").get_by_text("Readers").click()
    expect(page.locator("#parts-verdict")).to_contain_text("True of 5 people now.")
    assert violations(page) == []

    page.get_by_role("radio", name="Exclusion").click()
    page.get_by_role("button", name="Create audience").click()
    expect(page.get_by_text("It is not saved yet")).to_be_visible()
    assert violations(page) == []


def test_one_audience_its_deletion_and_the_panel_of_a_person(goes, shop):
    people = makes_people(shop, 3)
    audience = makes_audience(shop, people, rule="#{Profile.attributes.city} == 'Paris'", description="Who bought")
    evaluated(audience)
    page = goes(f"/audiences/{audience.pk}/")
    expect(page.locator(".plot-line")).to_be_visible()
    assert violations(page) == []

    page.get_by_role("link", name="Delete audience").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    goes(f"/profiles/{people[0]}/")
    expect(page.get_by_role("link", name="Buyers")).to_be_visible()
    assert violations(page) == []


def test_readings_none_many_and_their_dialogs(goes, shop, live):
    page = goes("/audiences/readings/")
    expect(page.get_by_text("Nothing was read yet")).to_be_visible()
    assert violations(page) == []

    audience = makes_audience(shop, makes_people(shop, 3))
    version = live(
        reading_graph(node("wait-1", duration="P1D"), lines=(BEHIND,), schedule="once", starts_at="2090-01-01T00:00Z")
    )
    now = clock.now()
    for days, (state, reason) in enumerate(
        [("waiting", ""), ("failed", "no_audience"), ("skipped", "no_evaluation"), ("done", ""), ("dropped", "paused")]
    ):
        at = now - timedelta(days=days)
        run = ReadRun.objects.create(
            sandbox_id=shop.sandbox.pk, journey_id=version.journey_id, version_id=version.pk, audience_name="Buyers",
            due_at=at, state=state, reason=reason, rate=500, total=1000, read=400, audience_id=audience.pk,
            started_at=at if state in ("done", "dropped") else None, finished_at=at if days else None,
        )  # fmt: skip
        ReadCount.objects.create(run_id=run.pk, writer=1, entered=300, refused=100)
    page.reload()
    expect(page.get_by_text("There is no audience of this name any more.")).to_be_visible()
    assert violations(page) == []

    page.get_by_role("link", name="100 refused: why").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Who was refused")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Stop reading “Buyers”").click()
    expect(page.get_by_role("dialog")).to_contain_text("Stop reading")
    assert violations(page) == []


def test_uploading_a_list_its_columns_and_its_import(goes, shop, tmp_path):
    Namespace.objects.create(sandbox=shop.sandbox, code="Email", title="E-mail address")
    file = tmp_path / "spring.csv"
    file.write_text("E-mail,Plan\nana@example.org,gold\n,silver\n")
    page = goes("/audiences/upload/")
    expect(page.locator("input[type=file]")).to_be_attached()
    assert violations(page) == []

    page.set_input_files("input[type=file]", file)
    expect(page.get_by_label("What the list calls the column Plan")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Upload and make the list").click()
    expect(page.locator("#import")).to_contain_text("let in as soon as somebody is free")
    tasks.import_lists()
    expect(page.locator("#import")).to_contain_text("Everybody is in.")
    assert violations(page) == []
    page.locator(".crumb").click()
    expect(page.locator("#members tbody tr")).to_have_count(1)
    assert violations(page) == []
