"""A list is uploaded with the mouse: a file is chosen or dropped, its columns are named, and everybody comes in."""

import re

import pytest
from playwright.sync_api import expect

from designer import preferences
from designer.models import AuditEntry
from engine import tasks
from engine.models import Audience, AudienceImport, Namespace
from tests.browser.axe import AXE, violations
from tests.cast import graph, node
from tests.lists import listed, makes_list, uploads

ORDERED = graph([node("event-1", event="OrderPlaced"), node("wait-1", duration="P2D")], "event-1 > wait-1")
FILE = "E-mail;First name;Plan\nana@example.org;Ana;gold\nbob@example.org;Bob;\nana@example.org;Anna;silver\n;Cy;gold\n"


@pytest.fixture
def canvas(draft, opened, shop):
    """Somebody who is logged in."""
    Namespace.objects.create(sandbox=shop.sandbox, code="Email", title="E-mail address")
    Namespace.objects.create(sandbox=shop.sandbox, code="userId", title="User id")
    return opened(draft(ORDERED))


@pytest.fixture
def page(canvas):
    return canvas.page


def choose(page, tmp_path, content, name="spring_sale.csv"):
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    page.set_input_files("input[type=file]", file)


def test_a_file_becomes_a_list_and_a_second_one_replaces_it(page, product, tmp_path):
    page.goto(f"{product.url}/audiences/")
    page.get_by_role("link", name="Upload a list").first.click()
    choose(page, tmp_path, FILE)
    expect(page.get_by_label("The column that says who somebody is")).to_have_value("E-mail")
    expect(page.get_by_label("What people are known by in it")).to_have_value("Email")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Spring sale")
    page.get_by_role("checkbox", name="First name").uncheck()
    expect(page.get_by_label("What the list calls the column First name")).to_be_disabled()
    page.get_by_label("What the list calls the column Plan").fill("plan")
    page.get_by_role("button", name="Upload and make the list").click()

    expect(page).to_have_url(re.compile(r"/audiences/imports/\d+/$"))
    expect(page.locator("#import")).to_contain_text("let in as soon as somebody is free")
    tasks.import_lists()
    expect(page.locator("#import")).to_contain_text("Everybody is in.")
    expect(page.get_by_role("table", name="Rows that were left out").locator("tbody tr")).to_have_count(2)
    audience = Audience.objects.get()
    assert listed(audience) == {"ana@example.org": {"plan": "gold"}, "bob@example.org": {}}

    page.get_by_role("link", name="Upload a new file").click()
    choose(page, tmp_path, FILE.replace("ana@", "dora@"), "second.csv")
    expect(page.get_by_role("checkbox", name="First name")).not_to_be_checked()
    expect(page.get_by_label("What the list calls the column Plan")).to_have_value("plan")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name="second.csv")).to_be_visible()
    tasks.import_lists()
    expect(page.locator("#import")).to_contain_text("Everybody is in.")
    assert set(listed(audience)) == {"dora@example.org", "bob@example.org"}
    page.locator(".crumb").click()
    expect(page.locator("#members tbody tr")).to_have_count(2)
    assert AuditEntry.objects.filter(verb="audience.imported").count() == 2


def test_a_file_is_dropped_onto_the_page(page, product):
    page.goto(f"{product.url}/audiences/upload/")
    dropped = page.evaluate_handle(
        """content => {
            const dropped = new DataTransfer();
            dropped.items.add(new File([content], 'dropped.csv', { type: 'text/csv' }));
            return dropped;
        }""",
        FILE,
    )

    page.dispatch_event("#upload", "drop", {"dataTransfer": dropped})

    expect(page.get_by_label("Name", exact=True)).to_have_value("Dropped")


def test_what_is_wrong_with_a_file_is_said_and_another_one_is_chosen(canvas, page, product, tmp_path):
    canvas.forgive("422")
    page.goto(f"{product.url}/audiences/upload/")

    choose(page, tmp_path, "email\nZo\xeb\n".encode("latin-1"))
    expect(page.get_by_role("alert")).to_contain_text("The file is not UTF-8: see line 2.")
    expect(page.get_by_role("button", name="Upload")).to_be_hidden()

    choose(page, tmp_path, "email,note\n" + "ana@example.org,x\n" * 9_000 + '"open\n')
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_label("Name", exact=True).fill("")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("alert")).to_contain_text("The list has no name yet.")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.get_by_label("Name", exact=True).fill("Spring")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "The quote that is opened in the row of line 9002 is never closed."
    )
    assert not Audience.objects.exists()

    choose(page, tmp_path, FILE)
    page.get_by_label("Name", exact=True).fill("Spring")
    page.get_by_role("button", name="Upload").click()
    expect(page).to_have_url(re.compile(r"/audiences/imports/\d+/$"))
    assert AudienceImport.objects.get().rows == 4


def test_sending_is_seen_and_can_be_stopped(canvas, page, product, tmp_path):
    page.goto(f"{product.url}/audiences/upload/")
    choose(page, tmp_path, "email,note\n" + "ana@example.org,something\n" * 100_000)
    network = page.context.new_cdp_session(page)
    network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 50_000},
    )

    page.get_by_role("button", name="Upload").click()
    expect(page.locator("[data-progress-text]")).to_have_text(re.compile(r"^[1-9]\d? % of 2[.,]6 MB sent$"))
    page.get_by_role("button", name="Stop").click()

    expect(page.get_by_role("alert")).to_contain_text("Nothing was kept.")
    expect(page.get_by_role("button", name="Upload")).to_be_enabled()
    assert not Audience.objects.exists()


def test_an_import_is_cancelled_with_the_mouse(page, product, shop):
    audience = makes_list(shop)
    made = uploads(audience, "id\nana\nbob\n")
    page.goto(f"{product.url}/audiences/imports/{made.pk}/")

    page.get_by_role("link", name="Cancel…").click()
    expect(page.get_by_role("dialog")).to_contain_text("Nobody was let in yet, and nobody will be.")
    page.get_by_role("dialog").get_by_role("link", name="Keep it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Cancel…").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the import").click()

    expect(page.locator("#notices")).to_contain_text("nobody was let in")
    expect(page.locator("#import")).to_contain_text("The import was cancelled.")
    tasks.import_lists()
    assert listed(audience) == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_step_of_it_is_closed_to_people_who_see_hear_or_move_differently(
    canvas, page, product, shop, ada, tmp_path, theme
):
    if not AXE.exists():
        pytest.skip("axe comes with the canvas' packages: run manage.py frontend test once")
    preferences.write(ada, "theme", theme)
    canvas.forgive("422")
    page.goto(f"{product.url}/audiences/upload/")
    assert violations(page) == []
    choose(page, tmp_path, "email\nZo\xeb\n".encode("latin-1"))
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []
    choose(page, tmp_path, FILE)
    expect(page.get_by_label("Name", exact=True)).to_be_visible()
    assert violations(page) == []

    page.get_by_role("button", name="Upload and make the list").click()
    expect(page.locator("#import")).to_contain_text("let in as soon as somebody is free")
    assert violations(page) == []
    tasks.import_lists()
    expect(page.locator("#import")).to_contain_text("Everybody is in.")
    assert violations(page) == []
    page.locator(".crumb").click()
    expect(page.locator("#members tbody tr")).to_have_count(2)
    assert violations(page) == []
    page.get_by_role("link", name="Upload a new file").click()
    choose(page, tmp_path, FILE)
    expect(page.get_by_role("radio", name="Replace")).to_be_visible()
    assert violations(page) == []
