"""The list of audiences: found, filtered, sorted, a page at a time."""

import re
from datetime import timedelta

from django.test import Client

from engine.models import Audience, Profile, Sandbox
from tests.designer.conftest import NOW


def add(sandbox: Sandbox, name: str, size: int, rule: str = "true", kind: str = "rule") -> None:
    Audience.objects.create(
        sandbox=sandbox, name=name, kind=kind, rule=rule, size=size, created_at=NOW, updated_at=NOW
    )  # fmt: skip


def names(client: Client, **asked: str) -> list[str]:
    page = client.get("/audiences/", asked).content.decode()
    return re.findall(r'class="row-link" href="[^"]+">([^<]+)<', page)


def test_the_list_searches_filters_and_sorts(browser: Client, shop: Sandbox, elsewhere: Sandbox) -> None:
    add(shop, "Young", 7)
    add(shop, "List", 90, rule="", kind="upload")
    add(shop, "Both", 8, rule='inAudience("Young")')
    add(elsewhere, "Theirs", 1)

    assert names(browser) == ["Both", "List", "Young"]
    assert names(browser, sort="-size") == ["List", "Both", "Young"]
    assert names(browser, kind="upload") == ["List"]
    assert names(browser, q="you") == ["Both", "Young"]
    assert len(names(browser, sort="-last", kind="nonsense")) == 3
    assert "1 audience" in browser.get("/audiences/").content.decode()


def test_without_any_it_says_what_they_are(browser: Client, shop: Sandbox) -> None:
    assert "No audiences yet" in browser.get("/audiences/").content.decode()


def test_a_long_list_comes_a_page_at_a_time(browser: Client, shop: Sandbox) -> None:
    for number in range(60):
        add(shop, f"A{number:02}", number)
    page = browser.get("/audiences/").content.decode()
    after = re.search(r"after=([\w=%-]+)", page)

    assert after is not None
    assert len(names(browser)) == 50
    assert names(browser, after=after[1].replace("%3D", "=")) == [f"A{number}" for number in range(50, 60)]


PARIS = {"kind": "rule", "name": "Paris", "rule": '#{Profile.attributes.city} == "Paris"', "evaluation": "batch"}


def test_one_is_made_by_its_form_and_changed(browser: Client, shop: Sandbox) -> None:
    made = browser.post("/audiences/new/", {**PARIS, "every": "3600"})
    audience = Audience.objects.get()
    kept = (audience.name, audience.rule, audience.every)
    changed = browser.post(f"/audiences/{audience.pk}/edit/", {**PARIS, "name": "City", "evaluation": "streaming"})
    audience.refresh_from_db()

    assert (made.status_code, changed.status_code) == (302, 302)
    assert kept == ("Paris", PARIS["rule"], timedelta(hours=1))
    assert (audience.name, audience.evaluation, audience.every) == ("City", "streaming", None)


def test_mistakes_come_back_with_what_was_typed_each_at_its_place(browser: Client, shop: Sandbox) -> None:
    answer = browser.post("/audiences/new/", {"name": "", "rule": 'true and\ninAudience("Nobody") <', "every": "60"})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "needs a name" in page
    assert "Line 2, character" in page
    assert "every hour at most" in page
    assert not Audience.objects.exists()


def test_a_rule_is_checked_while_it_is_written_and_nothing_is_kept(browser: Client, shop: Sandbox) -> None:
    good = browser.post("/audiences/new/", {**PARIS, "do": "check"}).content.decode()
    bad = browser.post("/audiences/new/", {**PARIS, "rule": "#{Profile.", "do": "check"}).content.decode()

    assert "This can be read." in good
    assert "Line 1, character" in bad
    assert not Audience.objects.exists()


def test_an_exclusion_is_composed_of_one_and_the_others(browser: Client, shop: Sandbox) -> None:
    for name in ("All", "Old", "Rich"):
        add(shop, name, 1)
    asked = {"kind": "composition", "name": "Young", "operator": "exclusion", "first": "All", "parts": ["Rich", "Old"]}
    browser.post("/audiences/new/", {**asked, "evaluation": "batch", "every": ""})
    made = Audience.objects.get(name="Young")
    page = browser.get(f"/audiences/{made.pk}/edit/").content.decode()

    assert made.rule == 'inAudience("All") and not inAudience("Rich") and not inAudience("Old")'
    assert made.every is None
    assert re.findall(r'name="parts" value="(\w+)" checked', page) == ["Rich", "Old"]
    assert "<option selected>All</option>" in page


def test_a_rule_keeps_the_types_that_attributes_had_until_it_is_written_anew(browser: Client, shop: Sandbox) -> None:
    person = Profile.objects.create(shard=1, id=1, sandbox=shop, attributes={"age": 30}, created_at=NOW, updated_at=NOW)
    asked = {"name": "Grown up", "rule": "#{Profile.attributes.age} >= 18", "evaluation": "batch", "every": "3600"}
    browser.post("/audiences/new/", asked)
    made = Audience.objects.get()
    Profile.objects.filter(id=person.id).update(attributes={"age": "thirty"})

    described = browser.post(f"/audiences/{made.pk}/edit/", {**asked, "description": "As the law says"})
    written = browser.post(f"/audiences/{made.pk}/edit/", {**asked, "rule": "#{Profile.attributes.age} >= 21"})

    assert made.types == {"age": "integer"}
    assert (described.status_code, written.status_code) == (302, 422)
    assert Audience.objects.get().types == {"age": "integer"}
