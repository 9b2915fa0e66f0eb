"""Files of lists through the interface: taken in or refused, and told of afterwards."""

import json
from urllib.parse import urlencode

import pytest
from django.test import Client

from designer.models import AuditEntry, Role
from engine import tasks
from engine.models import Audience, AudienceImport, Namespace
from tests.cast import Shop
from tests.designer.conftest import logged_in, member
from tests.lists import listed, makes_list


@pytest.fixture
def shop(committed):
    shop = Shop()
    Namespace.objects.create(sandbox=shop.sandbox, code="userId")
    Namespace.objects.create(sandbox=shop.sandbox, code="anonymousId", is_people_based=False)
    yield shop
    shop.close()


@pytest.fixture
def browser(shop):
    return logged_in(member("ada", shop.sandbox, Role.MARKETER))


@pytest.fixture
def audience(shop) -> Audience:
    return makes_list(shop)


def post(browser: Client, audience: Audience, content, *, kind="text/csv", **asked):
    path = f"/api/audiences/{audience.pk}/import/?{urlencode({'key': 'id', **asked})}"
    return browser.post(path, content, content_type=kind)


def test_a_file_is_taken_in_and_its_import_tells_of_it(browser, audience):
    answer = post(
        browser, audience, "id;Plan\nana;gold\nana;silver\n;none\n", columns=json.dumps({"Plan": "plan"}),
        file_name="mårch.csv",
    )  # fmt: skip
    made = answer.json()
    path = f"/api/audiences/{audience.pk}/imports/"
    before = browser.get(f"{path}{made['id']}/").json()
    tasks.import_lists()
    after = browser.get(f"{path}{made['id']}/").json()

    assert (answer.status_code, made["state"], made["progress"], made["audience"]) == (
        202,
        "waiting",
        0,
        str(audience.pk),
    )
    assert (before["rows"], before["bad"], before["columns"]) == (3, 1, {"Plan": "plan"})
    assert (after["state"], after["progress"], after["entered"], after["duplicates"]) == ("done", 1, 1, 1)
    assert [(one["line"], one["code"]) for one in after["problems"]] == [(3, "duplicate"), (4, "no_key")]
    assert [one["file_name"] for one in browser.get(path).json()["results"]] == ["mårch.csv"]
    assert listed(audience) == {"ana": {"plan": "gold"}}
    entry = AuditEntry.objects.get(verb="audience.imported")
    assert entry.details == {"file": "mårch.csv", "rows": 3, "mode": "replace"}


@pytest.mark.parametrize(
    ("content", "asked", "status", "code", "line"),
    [
        pytest.param(b"", {}, 422, "list.no_header", 1, id="nothing"),
        pytest.param(b"id\na\xff\n", {}, 422, "list.not_utf8", 2, id="not utf-8"),
        pytest.param(b"id\n\0\n", {}, 422, "list.nul", 2, id="nul"),
        pytest.param(b'id\n"a\n', {}, 422, "list.unclosed_quote", 2, id="open quote"),
        pytest.param(b"name\nana\n", {}, 422, "list.no_key_column", 1, id="no key column"),
        pytest.param(b"id\n", {}, 422, "list.nobody", None, id="nobody"),
        pytest.param(b"id\na\n", {"key": ""}, 400, "invalid", None, id="no key said"),
        pytest.param(b"id\na\n", {"mode": "mend"}, 400, "invalid", None, id="no mode"),
        pytest.param(b"id\na\n", {"columns": "plan"}, 400, "invalid", None, id="columns are no JSON"),
        pytest.param(b"id\na\n", {"columns": "[" * 9_000}, 400, "invalid", None, id="columns that nest"),
        pytest.param(b"id\na\n", {"columns": '{"Plan": 1}'}, 400, "invalid", None, id="columns that are no texts"),
        pytest.param(b"id\na\n", {"columns": '{"id": "\\u0000"}'}, 400, "invalid", None, id="nul in a name"),
        pytest.param(b"id\na\n", {"columns": '{"id": " "}'}, 422, "audience.invalid", None, id="a blank name"),
        pytest.param(b"id\na\n", {"namespace": "Nobody"}, 422, "audience.invalid", None, id="no such namespace"),
        pytest.param(b"id\na\n", {"namespace": "anonymousId"}, 422, "audience.invalid", None, id="names devices"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_with_a_reason_and_leaves_nothing(
    browser, audience, content, asked, status, code, line
):
    answer = post(browser, audience, content, **asked)

    said = answer.json()
    assert (answer.status_code, said["code"], said.get("line")) == (status, code, line)
    assert said["message"]
    assert not AudienceImport.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_file_that_says_it_is_too_large_is_not_read(browser, audience, settings):
    settings.LIST_LIMIT = 10_000
    content = b"id\n\xff" + b"a\n" * 10_000  # had it been read, it would not have been UTF-8

    answer = post(browser, audience, content)

    assert (answer.status_code, answer.json()["code"]) == (413, "list.too_large")


def test_one_file_is_taken_in_after_the_other(browser, audience):
    first, second = post(browser, audience, "id\nana\n"), post(browser, audience, "id\nbob\n")

    assert (first.status_code, second.status_code) == (202, 409)
    assert second.json()["code"] == "list.import_under_way"


def test_only_a_list_takes_files_and_only_csv(shop, browser, audience):
    rule = Audience.objects.create(
        sandbox=shop.sandbox, name="Rule", kind="rule", rule="true", created_at="2026-03-01T12:00:00Z",
        updated_at="2026-03-01T12:00:00Z",
    )  # fmt: skip

    assert post(browser, rule, "id\nana\n").json()["code"] == "audience.invalid"
    assert post(browser, audience, "{}", kind="application/json").status_code == 415


def test_a_viewer_looks_at_imports_and_uploads_none(shop, browser, audience):
    made = post(browser, audience, "id\nana\n").json()
    viewer = logged_in(member("vera", shop.sandbox, Role.VIEWER))

    assert post(viewer, audience, "id\nbob\n").status_code == 403
    assert viewer.get(f"/api/audiences/{audience.pk}/imports/{made['id']}/").status_code == 200


def test_an_import_is_found_under_its_own_list_alone(shop, browser, audience):
    made = post(browser, audience, "id\nana\n").json()
    other = makes_list(shop, "Others")

    assert browser.get(f"/api/audiences/{other.pk}/imports/{made['id']}/").status_code == 404


def test_an_import_is_cancelled_once_and_it_is_on_record(browser, audience):
    made = post(browser, audience, "id\nana\n", file_name="spring.csv").json()
    path = f"/api/audiences/{audience.pk}/imports/{made['id']}/"

    cancelled = browser.post(f"{path}cancel/")
    again = browser.post(f"{path}cancel/")
    elsewhere = browser.post(f"/api/audiences/{audience.pk}/imports/{int(made['id']) + 1}/cancel/")
    tasks.import_lists()

    assert (cancelled.status_code, cancelled.json()["state"], cancelled.json()["entered"]) == (200, "cancelled", 0)
    assert (again.status_code, again.json()["code"], bool(again.json()["hint"])) == (409, "list.not_cancellable", True)
    assert elsewhere.status_code == 404
    assert listed(audience) == {}
    entry = AuditEntry.objects.get(verb="audience.import_cancelled")
    assert (entry.by, entry.object_name, entry.details) == ("ada", str(audience), {"file": "spring.csv", "rows": 1})
    assert browser.get(path).json()["state"] == "cancelled"
