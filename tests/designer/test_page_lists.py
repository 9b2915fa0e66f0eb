"""Uploading a list in the browser: what its pages show of a file, of an import, and of the list it makes."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from designer.lists import guess
from designer.models import Role
from engine import tasks
from engine.models import Audience, AudienceImport, Namespace
from tests.cast import Shop
from tests.designer.conftest import logged_in, member
from tests.lists import imports, listed, makes_list, uploads

HEAD = b"E-mail;First name;Plan\nana@example.org;Ana;gold\nbob@example.org;Bob;\n"


@pytest.fixture
def shop(committed):
    shop = Shop()
    for code in ("Email", "userId"):
        Namespace.objects.create(sandbox=shop.sandbox, code=code, title=code)
    Namespace.objects.create(sandbox=shop.sandbox, code="anonymousId", title="Device", is_people_based=False)
    yield shop
    shop.close()


@pytest.fixture
def browser(shop) -> Client:
    return logged_in(member("ada", shop.sandbox, Role.MARKETER))


def look(browser: Client, begin: bytes, **asked: object):
    path = f"/audiences/upload/beginning/?{urlencode({'whole': 'yes', **asked})}"
    answer = browser.post(path, begin, content_type="application/octet-stream")
    return answer.status_code, answer.content.decode()


def page(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_beginning_of_a_file_is_shown_with_what_its_columns_seem_to_be(browser):
    status, shown = look(browser, HEAD, file="spring_sale-2026.csv")

    assert status == 200
    assert "3 columns, between semicolons" in shown
    assert "<td>bob@example.org</td>" in shown
    assert "<option selected>E-mail</option>" in shown
    assert '<option value="Email" selected>' in shown
    assert "anonymousId" not in shown
    assert 'value="Spring sale 2026"' in shown
    assert shown.count("data-keep checked") == 2
    assert 'name="mode"' not in shown


def test_a_cut_in_the_middle_of_a_row_or_a_character_is_no_mistake(browser):
    begin = "id,name\nana,Zoë\n".encode() * 3_000

    status, shown = look(browser, begin[: 65_536 - 3], whole="no")

    assert (status, "Zoë" in shown) == (200, True)


def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(browser):
    status, shown = look(browser, b"id,name\nana,Zo\xeb\n")

    assert status == 422
    assert "The file is not UTF-8: see line 2." in shown
    assert "CSV UTF-8" in shown


def test_a_second_file_is_read_like_the_one_before(shop, browser):
    audience = makes_list(shop, namespace="Email")
    imports(audience, HEAD, key="E-mail", Plan="plan")

    status, shown = look(browser, HEAD, audience=audience.pk)

    assert status == 200
    assert shown.count("data-keep checked") == 1
    assert 'data-called value="plan"' in shown
    assert 'value="replace" checked' in shown
    assert 'name="name"' not in shown


@pytest.mark.parametrize(
    ("header", "rows", "preferred", "expected"),
    [
        (["Name", "E-Mail"], [], "", ("E-Mail", "Email")),
        (["Name", "User ID"], [], "", ("User ID", "userId")),
        (["Email", "User ID"], [], "userId", ("User ID", "userId")),
        (["Email", "Name"], [], "userId", ("Email", "Email")),
        (["Name", "Contact"], [["Ana", "a@x.org"], ["Bob", ""]], "", ("Contact", "Email")),
        (["Name", "City"], [["Ana", "Bern"]], "userId", ("Name", "userId")),
    ],
)
def test_what_says_who_people_are_is_guessed(header, rows, preferred, expected):
    assert guess(header, rows, ["Email", "userId"], preferred=preferred) == expected


def test_a_list_is_made_of_a_file_or_not_at_all(shop, browser):
    asked = {"name": "Spring", "key": "E-mail", "namespace": "Email", "columns": '{"Plan": "plan"}'}
    path = f"/api/audiences/import/?{urlencode(asked)}"

    broken = browser.post(path, HEAD + b'"', content_type="text/csv")
    made = browser.post(path, HEAD, content_type="text/csv")
    again = browser.post(path, HEAD, content_type="text/csv")
    tasks.import_lists()

    assert (broken.status_code, broken.json()["code"]) == (422, "list.unclosed_quote")
    assert made.status_code == 202
    assert (again.status_code, again.json()["problems"][0]["field"]) == (422, "name")
    audience = Audience.objects.get()
    assert (audience.name, audience.kind, audience.columns) == ("Spring", "upload", ["plan"])
    assert listed(audience) == {"ana@example.org": {"plan": "gold"}, "bob@example.org": {}}
    assert AudienceImport.objects.count() == 1


def test_an_import_asks_for_itself_again_until_it_is_over(shop, browser):
    audience = makes_list(shop)
    made = uploads(audience, "id,Plan\nana,gold\nana,silver\n,none\n", Plan="plan")
    path = f"/audiences/imports/{made.pk}/"

    before = page(browser, path)
    list_before = page(browser, f"/audiences/{audience.pk}/")
    uploading = page(browser, f"/audiences/{audience.pk}/upload/")
    tasks.import_lists()
    after = page(browser, path)

    assert "hx-trigger" in before.partition('id="import"')[2].partition(">")[0]
    assert "hx-trigger" in list_before.partition('id="evaluations"')[2].partition(">")[0]
    assert "Another file is being taken into this list." in uploading
    assert "hx-trigger" not in after.partition('id="import"')[2].partition(">")[0]
    assert "has 1 person" in after
    assert "The same person as line 2; that line counts." in after
    assert "<dt>Left out</dt><dd>2</dd>" in after


def test_the_rows_that_were_left_out_are_downloaded_and_run_nothing_in_a_spreadsheet(shop, browser):
    made = imports(makes_list(shop), "id\n=cmd()\n=cmd()\n")

    answer = browser.get(f"/audiences/imports/{made.pk}/left-out/")

    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0] == "line,code,why,key"
    assert lines[1] == "3,duplicate,The same person as line 2; that line counts.,'=cmd()"
    assert "attachment" in answer["Content-Disposition"]


def test_the_page_of_a_list_shows_its_files_and_what_they_say_of_people(shop, browser):
    audience = makes_list(shop)
    empty = page(browser, f"/audiences/{audience.pk}/")
    made = imports(audience, "id,Plan,City\nana,gold,Bern\n", City="city", Plan="plan")

    shown = page(browser, f"/audiences/{audience.pk}/")

    assert "No file was uploaded yet" in empty
    assert f"/audiences/imports/{made.pk}/" in shown
    assert "city: Bern · plan: gold" in shown
    assert f"/audiences/{audience.pk}/upload/" in shown


def test_a_failed_import_says_what_to_do(shop, browser):
    made = uploads(makes_list(shop), "id\nana\n")
    AudienceImport.objects.filter(pk=made.pk).update(state="failed", error="Its people could not all be let in.")

    shown = page(browser, f"/audiences/imports/{made.pk}/")

    assert "Its people could not all be let in." in shown
    assert "Uploading the file again makes it whole." in shown


def test_a_viewer_sees_lists_and_is_offered_no_upload(shop, browser):
    audience = makes_list(shop)
    viewer = logged_in(member("vera", shop.sandbox, Role.VIEWER))

    assert "Upload a list" not in page(viewer, "/audiences/")
    assert "/upload/" not in page(viewer, f"/audiences/{audience.pk}/")
    assert "Your role may look at lists" in page(viewer, "/audiences/upload/")
    assert look(viewer, HEAD)[0] == 403


def test_an_audience_by_a_rule_takes_no_file(shop, browser):
    rule = Audience.objects.create(
        sandbox=shop.sandbox, name="Rule", kind="rule", rule="true", created_at="2026-03-01T12:00:00Z",
        updated_at="2026-03-01T12:00:00Z",
    )  # fmt: skip

    assert browser.get(f"/audiences/{rule.pk}/upload/").status_code == 422


def test_an_import_is_cancelled_on_its_page_until_people_are_let_in(shop, browser):
    audience = makes_list(shop)
    made = uploads(audience, "id\nana\n")
    path = f"/audiences/imports/{made.pk}/"

    offered, asked = page(browser, path), page(browser, f"{path}cancel/")
    AudienceImport.objects.filter(pk=made.pk).update(state="running", recognised=1, shards_done=1)
    late, why, refused = page(browser, path), page(browser, f"{path}cancel/"), browser.post(f"{path}cancel/")
    AudienceImport.objects.filter(pk=made.pk).update(shards_done=0)
    done = browser.post(f"{path}cancel/")
    afterwards, files = page(browser, path), page(browser, f"/audiences/{audience.pk}/")

    assert f"{path}cancel/" in offered
    assert "Nobody was let in yet, and nobody will be." in asked
    assert f"{path}cancel/" not in late
    assert "it cannot be cancelled any more" in why
    assert ">Cancel the import</button>" not in why
    assert refused.status_code == 409
    assert (done.status_code, done["Location"]) == (302, path)
    assert "The import was cancelled." in afterwards
    assert "hx-trigger" not in afterwards.partition('id="import"')[2].partition(">")[0]
    assert ">Cancelled<" in files
