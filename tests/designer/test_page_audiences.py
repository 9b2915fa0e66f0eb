"""The list of audiences: found, filtered, sorted, a page at a time."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client

from engine import clock
from engine.models import Audience, AudienceRun, Identity, Membership, Profile, Sandbox
from tests.designer.conftest import NOW, logged_in, member


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


def people(shop: Sandbox, audience: Audience, *names: str) -> None:
    """People of these names, all of them in the audience."""
    for number, name in enumerate(names, 1):
        Profile.objects.create(shard=number, id=number, sandbox=shop, attributes={}, created_at=NOW, updated_at=NOW)
        Identity.objects.create(sandbox=shop, namespace="userId", value=name, profile_id=number, created_at=NOW)
        Membership.objects.create(
            shard=number, profile_id=number, audience_id=audience.pk, is_member=True, changed_at=NOW
        )


def ran(audience: Audience, day: int, size: int, **said: Any) -> None:
    at = clock.now() - timedelta(days=day)
    AudienceRun.objects.create(
        audience=audience, started_at=at, finished_at=at + timedelta(milliseconds=1500), size=size,
        **{"state": "done", "entered": 0, "left": 0, "stayed": 0, **said},
    )  # fmt: skip


def test_its_page_shows_its_rule_its_evaluations_and_who_is_in_it(browser: Client, shop: Sandbox) -> None:
    add(shop, "Young", 2, rule="#{Profile.attributes.age} < 30")
    audience = Audience.objects.get()
    add(shop, "Others", 1, rule='inAudience("Young")')
    ran(audience, 3, 1, entered=1)
    ran(audience, 2, 2, entered=17, left=5, stayed=23, is_incremental=True, asked_by="ada")
    ran(audience, 1, 2, state="failed", error="It took too long.")
    people(shop, audience, "anna", "bert")

    page = browser.get(f"/audiences/{audience.pk}/").content.decode()

    assert "#{Profile.attributes.age} &lt; 30" in page
    assert "Read by</dt><dd>Others" in page
    assert "It took too long." in page
    assert re.findall(r'<td class="number[\w -]*">([^<]+)</td>', page)[4:8] == ["17", "5", "23", "1.5 s"]
    assert "M0.0 62.0 L600.0 4.0" in page
    assert re.findall(r'class="row-link" href="/profiles/\d+/">(\w+)<', page) == ["anna", "bert"]


def test_members_are_searched_and_come_a_page_at_a_time(browser: Client, shop: Sandbox) -> None:
    add(shop, "Young", 60)
    audience = Audience.objects.get()
    people(shop, audience, *(f"p{number:02}" for number in range(60)))
    link = r'class="row-link" href="/profiles/\d+/">(\w+)<'

    page = browser.get(f"/audiences/{audience.pk}/").content.decode()
    after = re.search(r"after=(\d+)", page)
    assert after is not None
    rest = browser.get(f"/audiences/{audience.pk}/", {"after": after[1]}).content.decode()
    found = browser.get(f"/audiences/{audience.pk}/", {"q": "p3"}).content.decode()

    assert len(re.findall(link, page)) == 50
    assert re.findall(link, rest) == [f"p{number}" for number in range(50, 60)]
    assert re.findall(link, found) == [f"p{number}" for number in range(30, 40)]


def test_one_is_evaluated_on_demand_and_its_people_are_exported(browser: Client, shop: Sandbox) -> None:
    add(shop, "Young", 1)
    audience = Audience.objects.get()
    people(shop, audience, "=anna()")

    answer = browser.post(f"/audiences/{audience.pk}/evaluate/")
    shown = browser.get(f"/audiences/{audience.pk}/").content.decode()
    audience.refresh_from_db()
    refused = logged_in(member("max", shop, "marketer")).post(f"/audiences/{audience.pk}/export/")

    assert answer.status_code == 302
    assert audience.next_at is not None
    assert "<dt>Next</dt><dd>now</dd>" in shown
    assert refused.status_code == 403


def test_the_question_before_deleting_says_who_holds_it(browser: Client, shop: Sandbox) -> None:
    add(shop, "Young", 1234)
    add(shop, "Others", 1, rule='inAudience("Young")')
    young, others = Audience.objects.get(name="Young"), Audience.objects.get(name="Others")

    held = browser.get(f"/audiences/{young.pk}/delete/").content.decode()
    free = browser.get(f"/audiences/{others.pk}/delete/").content.decode()
    refused, deleted = browser.post(f"/audiences/{young.pk}/delete/"), browser.post(f"/audiences/{others.pk}/delete/")

    assert "cannot be deleted while it is used by “Others”" in held
    assert "1 person is in it" in free
    assert (refused.status_code, deleted.status_code) == (409, 302)
    assert list(Audience.objects.values_list("name", flat=True)) == ["Young"]


def test_the_page_of_a_person_shows_their_audiences(browser: Client, shop: Sandbox) -> None:
    add(shop, "Young", 1)
    add(shop, "Old", 0)
    people(shop, Audience.objects.get(name="Young"), "anna")
    Membership.objects.create(
        shard=1, profile_id=1, audience_id=Audience.objects.get(name="Old").pk, is_member=False, changed_at=NOW
    )

    page = browser.get("/profiles/1/").content.decode()

    assert re.search(r">Young</a></dt><dd>since ", page)
    assert re.search(r'>Old</a></dt><dd><span class="faint">left</span>', page)
