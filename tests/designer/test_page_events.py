"""Event definitions in the browser: made from a sample, recognised by a rule, and kept while journeys use them."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer.actions.create_journey import create_journey
from designer.actions.publish import publish
from designer.actions.save_draft import save_draft
from designer.actions.stop import stop
from designer.models import AuditEntry, Version
from engine.expressions.paths import segment
from engine.models import EventDefinition, Namespace
from tests.designer.conftest import GRAPH, NOW, ORDER, logged_in, member
from tests.designer.test_page_journeys import names_on

SAMPLE = json.dumps({"event": "Cart Left", "userId": "ana", "properties": {"total": 41.5, "items": [{"sku": "A"}]}})
SCHEMA = json.dumps({"type": "object", "properties": {"properties": {"type": "object", "properties": {
    "total": {"type": "number"}, "city": {"type": "string"}}}}})  # fmt: skip
FORM: dict[str, Any] = {
    "name": "CartLeft",
    "description": "Somebody left a cart.",
    "id_type": "rule_based",
    "namespace": "userId",
    "rule_mode": "rows",
    "join": "and",
    "field": ["event", "properties.total"],
    "operator": ["is", "more"],
    "value": ["Cart Left", "10"],
    "schema": SCHEMA,
    "which_fields": "all",
}


@pytest.fixture(autouse=True)
def namespaces(shop: Any) -> None:
    for code in ("userId", "Email"):
        Namespace.objects.create(sandbox=shop, code=code, title=code)
    Namespace.objects.create(sandbox=shop, code="Booking", title="Booking", is_people_based=False)


@pytest.fixture
def order(shop: Any) -> EventDefinition:
    return EventDefinition.objects.get(name="OrderPlaced")


def form_of(definition: EventDefinition, **changes: Any) -> dict[str, Any]:
    """What the browser sends when only `changes` were made."""
    return {
        "name": definition.name,
        "description": definition.description,
        "id_type": definition.id_type,
        "namespace": definition.namespace,
        "key_expression": definition.key_expression,
        "rule_mode": "text",
        "rule_text": definition.rule,
        "schema": json.dumps(definition.schema),
        "which_fields": "all",
        **changes,
    }


def text_of(answer: Any) -> str:
    return answer.content.decode()


def test_an_empty_sandbox_says_what_to_do(stranger: Client) -> None:
    assert "No events are defined yet" in text_of(stranger.get("/events/"))


def test_the_list_says_how_each_is_recognised_and_where_it_is_used(
    browser: Client, live: Version, order: EventDefinition
) -> None:
    page = text_of(browser.get("/events/"))

    assert "OrderPlaced" in page
    assert "Order Placed" in page
    assert "Thank you" in page
    assert "not lately" in page
    assert "OrderPlaced" not in text_of(browser.get("/events/", {"q": "zzz"}))


def test_a_new_form_does_not_scold(browser: Client) -> None:
    as_it_is = {"do": "save", "field": "event", "operator": "is", "value": "", "namespace": "userId"}

    fresh, refused = text_of(browser.get("/events/new/")), text_of(browser.post("/events/new/", as_it_is))

    assert "Say what event is compared with" not in fresh
    assert "verdict-bad" not in fresh
    assert "Say what event is compared with" in refused


def test_the_snippets_follow_the_name_and_are_no_way_in(browser: Client) -> None:
    form = {
        **FORM,
        "schema": "",
        "field": ["event"],
        "operator": ["is"],
        "value": ["""it's "x"; $(id)"""],
        "do": "check",
    }

    page = unescape(text_of(browser.post("/events/new/", form)))

    assert """"event": "it'\\''s \\"x\\"; $(id)\"""" in page  # inside the shell's single quotes
    assert """"user-1", 'it\\'s "x"; $(id)',""" in page  # a literal of Python


def test_an_event_is_made_from_rows(browser: Client, shop: Any) -> None:
    answer = browser.post("/events/new/", FORM)

    made = EventDefinition.objects.get(name="CartLeft")
    assert answer["Location"] == f"/events/{made.pk}/"
    assert made.rule == '@event{CartLeft.event} == "Cart Left" and @event{CartLeft.properties.total} > 10'
    assert (made.sandbox, made.namespace, made.fields) == (shop, "userId", [])
    assert AuditEntry.objects.get(verb="event_definition.created").by == "ada"


def test_an_event_may_name_what_it_is_about(browser: Client) -> None:
    asked = {"supplemental_namespace": "Booking", "supplemental_expression": "@event{CartLeft.properties.city}"}

    browser.post("/events/new/", {**FORM, **asked})

    made = EventDefinition.objects.get(name="CartLeft")
    assert (made.supplemental_namespace, made.supplemental_expression) == tuple(asked.values())
    page = text_of(browser.get(f"/events/{made.pk}/"))
    assert "Booking" in page
    assert "This can be read." in page


def test_a_business_event_belongs_to_nobody(browser: Client) -> None:
    hidden = {"id_type": "system_generated", "namespace": "userId", "key_expression": "@event{CartLeft.userId}"}

    answer = browser.post("/events/new/", FORM | {"type": "business", "name": "CartLeft"} | hidden, follow=True)

    made = EventDefinition.objects.get(name="CartLeft")
    assert (made.type, made.id_type, made.namespace, made.key_expression) == ("business", "rule_based", "", "")
    assert "user-1" not in text_of(answer)  # the sample that is sent has no person either
    assert "Business" in text_of(browser.get("/events/"))
    assert "nobody" in text_of(browser.get("/events/"))


@pytest.mark.parametrize("is_published", [False, True])
def test_while_a_journey_uses_it_an_event_keeps_its_type(
    browser: Client, shop: Any, ada: User, order: EventDefinition, is_published: bool
) -> None:
    version = create_journey(sandbox=shop, name="Thank you", by=ada, now=NOW)
    save_draft(version, graph=GRAPH, revision=version.revision, by=ada, now=NOW)
    if is_published:
        publish(version, by=ada, now=NOW)

    answer = browser.post(f"/events/{order.pk}/", form_of(order, type="business"))

    assert answer.status_code == 422
    assert "The type cannot change: it is used by “Thank you”." in unescape(text_of(answer))
    order.refresh_from_db()
    assert order.type == "unitary"


def test_a_sample_gives_the_schema_and_the_first_row(browser: Client) -> None:
    page = text_of(
        browser.post("/events/new/", {"name": "CartLeft", "sample": SAMPLE, "do": "read-sample", "rule_mode": "rows",
                                      "field": "event", "operator": "is", "value": ""})
    )  # fmt: skip

    assert "properties.items.sku" in page
    assert 'value="Cart Left"' in page
    assert not EventDefinition.objects.filter(name="CartLeft").exists()


@pytest.mark.parametrize(
    ("sample", "sentence"),
    [("{", "This is not JSON"), ("[1]", "A payload is a JSON object"), ("[" * 100_000, "nests too deeply"),
     ("", "This is not JSON"), ('{"a": "\\u0000"}', "Learn the fields")],
)  # fmt: skip
def test_a_sample_that_cannot_be_read_says_why(browser: Client, sample: str, sentence: str) -> None:
    answer = browser.post("/events/new/", {"sample": sample, "do": "read-sample"})

    assert answer.status_code == 200
    assert sentence in text_of(answer)


def test_every_button_of_the_rule_works_without_javascript(browser: Client) -> None:
    added = text_of(browser.post("/events/new/", {**FORM, "do": "add-row"}))
    removed = text_of(browser.post("/events/new/", {**FORM, "do": "remove-row:0"}))
    as_text = text_of(browser.post("/events/new/", {**FORM, "do": "as-text"}))
    as_rows = text_of(
        browser.post(
            "/events/new/", {**FORM, "do": "as-rows", "rule_mode": "text", "rule_text": "@event{CartLeft.a} is null"}
        )
    )

    assert len(re.findall(r'name="operator"', added)) == 3
    assert len(re.findall(r'name="operator"', removed)) == 1
    assert "properties.total} &gt; 10</textarea>" in as_text
    assert '<option value="not_set" selected>' in as_rows


def test_a_rule_that_rows_cannot_say_stays_text(browser: Client) -> None:
    page = text_of(
        browser.post("/events/new/", {**FORM, "do": "as-rows", "rule_mode": "text", "rule_text": "not (1 == 2)"})
    )

    assert "Rows cannot say this" in page
    assert 'name="rule_mode" value="text"' in page


def test_a_mistake_in_the_rule_is_shown_with_its_place(browser: Client) -> None:
    form = {**FORM, "rule_mode": "text", "rule_text": "@event{CartLeft.properties.total} >"}

    checked = browser.post("/events/new/", {**form, "do": "check"})
    saved = browser.post("/events/new/", form)

    for answer in (checked, saved):
        assert "Line 1, character" in text_of(answer)
    assert saved.status_code == 422
    assert not EventDefinition.objects.filter(name="CartLeft").exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Give it a name"),
        ({"name": "cart left"}, "Use letters, digits and _"),
        ({"name": "x" * 31}, "Use letters, digits and _"),
        ({"name": "OrderPlaced"}, "already"),
        ({"description": "x" * 501}, "501 characters"),
        ({"namespace": "Nowhere"}, "There is no namespace Nowhere"),
        ({"schema": "{"}, "A JSON Schema is an object"),
        ({"schema": "[]"}, "A JSON Schema is an object"),
        ({"schema": '{"type": "string"}'}, "names no fields"),
        ({"schema": '{"properties": {"a": {"description": "\\u0000"}}}'}, "zero character"),
        ({"schema": '{"properties":' + '{"a":' * 50 + "1" + "}" * 51}, "40 levels"),
        ({"schema": '{"properties": {"a": NaN}}'}, "endless"),
        ({"value": ["Cart Left", "much"]}, "is a number"),
        ({"value": ["", "10"]}, "Say what event is compared with"),
        ({"rule_mode": "text", "rule_text": ""}, "add a condition"),
        ({"rule_mode": "text", "rule_text": "1 + 1"}, "boolean"),
        ({"rule_mode": "text", "rule_text": "@event{Other.event} == 1"}, "Other"),
        ({"rule_mode": "text", "rule_text": "true and " * 2000 + "true"}, "characters"),
        ({"key_expression": "@event{CartLeft."}, "Line 1"),
        ({"supplemental_namespace": "Booking"}, "Say which field of the event holds it"),
        ({"supplemental_namespace": "Booking", "supplemental_expression": "@event{"}, "Line 1"),
        ({"supplemental_namespace": "Email", "supplemental_expression": '"a"'}, "does not name a person"),
        ({"supplemental_expression": "@event{CartLeft.properties.city}"}, "Choose the namespace of the supplemental"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_is_saved(
    browser: Client, changes: dict[str, Any], sentence: str
) -> None:
    answer = browser.post("/events/new/", {**FORM, **changes})

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert EventDefinition.objects.count() == 1


def test_all_mistakes_are_said_at_once(browser: Client) -> None:
    page = text_of(browser.post("/events/new/", {**FORM, "name": "", "namespace": "Nowhere", "schema": "{"}))

    for sentence in ("Give it a name", "no namespace", "A JSON Schema is an object"):
        assert sentence in page


def test_chosen_fields_always_come_with_the_envelope(browser: Client) -> None:
    browser.post("/events/new/", {**FORM, "which_fields": "some", "fields": ["properties.total", "no.such"]})

    made = EventDefinition.objects.get(name="CartLeft")
    assert made.fields == ["_id", "anonymousId", "event", "properties.total", "timestamp", "type", "userId"]


def test_a_field_of_any_name_can_be_chosen_and_stays_ticked(browser: Client) -> None:
    names = ["order.id", "order id", "1st", 'the "best"', "ä", "total"]
    schema = json.dumps({"type": "object", "properties": {"properties": {"type": "object", "properties": {
        name: {"type": "string"} for name in names}}}})  # fmt: skip
    chosen = [f"properties.{segment(name)}" for name in names[:-1]]
    form = {**FORM, "schema": schema, "field": ["event"], "operator": ["is"], "value": ["Cart Left"]}

    browser.post("/events/new/", {**form, "which_fields": "some", "fields": chosen})

    made = EventDefinition.objects.get(name="CartLeft")
    shown = browser.get(f"/events/{made.pk}/").content.decode()
    boxes = re.findall(r'name="fields" value="([^"]*)"( checked)?', shown)
    assert set(chosen) <= set(made.fields)
    assert {unescape(path): bool(ticked) for path, ticked in boxes} == {
        **dict.fromkeys(chosen, True),
        "properties.total": False,
    }


def test_an_id_of_ours_needs_no_rule_and_is_in_the_sample(browser: Client) -> None:
    browser.post("/events/new/", {**FORM, "id_type": "system_generated", "rule_mode": "text", "rule_text": ""})

    made = EventDefinition.objects.get(name="CartLeft")
    assert (made.id_type, made.rule) == ("system_generated", "")
    assert text_of(browser.get(f"/events/{made.pk}/")).count(str(made.event_id)) >= 3


def test_a_rename_is_followed_by_its_own_expressions(browser: Client, order: EventDefinition) -> None:
    form = form_of(order, name="Bought", key_expression="@event{OrderPlaced.userId}")

    browser.post(f"/events/{order.pk}/", form)

    order.refresh_from_db()
    assert order.name == "Bought"
    assert order.rule == '@event{Bought.event} == "Order Placed"'
    assert order.key_expression == "@event{Bought.userId}"


def test_saving_what_is_shown_changes_nothing(browser: Client, live: Version, order: EventDefinition) -> None:
    before = {name: getattr(order, name) for name in ("name", "rule", "schema", "fields", "updated_at")}

    answer = browser.post(f"/events/{order.pk}/", form_of(order))

    order.refresh_from_db()
    assert answer.status_code == 302
    assert {name: getattr(order, name) for name in before} == before
    assert not AuditEntry.objects.filter(verb="event_definition.changed").exists()


WIDER = {**ORDER, "properties": {**ORDER["properties"], "coupon": {"type": "string"}}}
NARROWER = {"type": "object", "properties": {"event": {"type": "string"}, "userId": {"type": "string"}}}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "Bought"}, "The name cannot change"),
        ({"rule_text": "true"}, "The rule cannot change"),
        ({"id_type": "system_generated"}, "How it is recognised cannot change"),
        ({"namespace": "Email"}, "The namespace cannot change"),
        ({"key_expression": "@event{OrderPlaced.userId}"}, "The key cannot change"),
        (
            {"supplemental_namespace": "Booking", "supplemental_expression": "@event{OrderPlaced.properties.order_id}"},
            "The supplemental id cannot change",
        ),
        ({"schema": json.dumps(NARROWER)}, "cannot be taken away"),
        ({"which_fields": "some", "fields": ["properties.total"]}, "Fields cannot be taken away"),
    ],
)
def test_while_people_walk_by_it_an_event_keeps_its_meaning(
    browser: Client, live: Version, order: EventDefinition, changes: dict[str, Any], sentence: str
) -> None:
    answer = browser.post(f"/events/{order.pk}/", form_of(order, **changes))

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert "Thank you" in text_of(answer)
    order.refresh_from_db()
    assert (order.name, order.namespace, order.fields) == ("OrderPlaced", "userId", [])


def test_while_in_use_it_may_be_described_and_carry_more(
    browser: Client, live: Version, order: EventDefinition
) -> None:
    answer = browser.post(f"/events/{order.pk}/", form_of(order, description="Paid.", schema=json.dumps(WIDER)))

    order.refresh_from_db()
    assert answer.status_code == 302
    assert (order.description, "coupon" in order.schema["properties"]) == ("Paid.", True)


def test_a_draft_that_uses_it_keeps_its_name_and_keeps_it_alive(
    browser: Client, ready: Version, order: EventDefinition
) -> None:
    renamed = browser.post(f"/events/{order.pk}/", form_of(order, name="Bought"))
    asked = browser.get(f"/events/{order.pk}/delete/")
    deleted = browser.post(f"/events/{order.pk}/delete/")
    other_rule = browser.post(f"/events/{order.pk}/", form_of(order, rule_text="true"))

    assert (renamed.status_code, deleted.status_code, other_rule.status_code) == (422, 409, 302)
    assert "while journeys use it: Thank you" in text_of(asked)
    assert EventDefinition.objects.filter(name="OrderPlaced").exists()


def test_a_draft_that_only_takes_people_out_by_it_uses_it_too(
    browser: Client, draft: Version, order: EventDefinition
) -> None:
    criteria = [{"event": "OrderPlaced", "label": "", "condition": ""}]
    Version.objects.filter(pk=draft.pk).update(properties={"exit_criteria": criteria})

    assert browser.post(f"/events/{order.pk}/delete/").status_code == 409
    assert browser.post(f"/events/{order.pk}/", form_of(order, name="Bought")).status_code == 422


def test_the_page_and_the_list_of_events_lead_to_the_journeys_that_use_it(
    browser: Client, live: Version, ada: User, order: EventDefinition
) -> None:
    stopped = create_journey(sandbox=live.journey.sandbox, name="Stopped", by=ada, now=NOW)
    save_draft(stopped, graph=GRAPH, revision=1, by=ada, now=NOW)
    stop(publish(stopped, by=ada, now=NOW), by=ada, now=NOW)
    create_journey(sandbox=live.journey.sandbox, name="Unused", by=ada, now=NOW)
    browser.get("/journeys/", {"status": "draft"})  # what was remembered does not count

    page, listed = browser.get(f"/events/{order.pk}/"), browser.get("/events/")
    address = "/journeys/?status=&amp;event=OrderPlaced"
    journeys = browser.get(address.replace("&amp;", "&"))

    assert "2 journeys · View journeys" in re.sub(r"<[^>]+>", "", page.content.decode())
    for answer in (page, listed):
        assert f'href="{address}"' in answer.content.decode()
    assert sorted(names_on(journeys)) == ["Stopped", "Thank you"]


def test_what_nobody_uses_is_deleted(browser: Client, order: EventDefinition) -> None:
    asked = browser.get(f"/events/{order.pk}/delete/")
    answer = browser.post(f"/events/{order.pk}/delete/")

    assert "no longer recognised" in text_of(asked)
    assert answer["Location"] == "/events/"
    assert not EventDefinition.objects.exists()
    assert AuditEntry.objects.get(verb="event_definition.deleted").object_name == "OrderPlaced"


def test_every_change_tells_the_workers(browser: Client, order: EventDefinition) -> None:
    from django.db import connection

    def revision() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT revision FROM engine_catalogue")
            return cursor.fetchone()[0]

    seen = [revision()]
    browser.post("/events/new/", FORM)
    seen.append(revision())
    browser.post(f"/events/{order.pk}/", form_of(order, rule_text="true"))
    seen.append(revision())
    browser.post(f"/events/{order.pk}/delete/")
    seen.append(revision())

    assert seen == sorted(set(seen))


@pytest.mark.parametrize("path", ["events/{pk}/", "events/{pk}/delete/"])
def test_nothing_of_it_is_there_for_another_sandbox(stranger: Client, order: EventDefinition, path: str) -> None:
    address = f"/{path.format(pk=order.pk)}"

    assert stranger.get(address).status_code == 404
    assert stranger.post(address, FORM).status_code == 404
    assert EventDefinition.objects.count() == 1
    assert "OrderPlaced" not in text_of(stranger.get("/events/"))


@pytest.mark.parametrize("role", ["viewer", "marketer"])
@pytest.mark.parametrize("path", ["events/new/", "events/{pk}/", "events/{pk}/delete/"])
def test_only_who_configures_events_may_change_them(shop: Any, order: EventDefinition, role: str, path: str) -> None:
    client = logged_in(member("vera", shop, role))

    assert client.post(f"/{path.format(pk=order.pk)}", FORM).status_code == 403
    assert EventDefinition.objects.get().name == "OrderPlaced"
    page = text_of(client.get(f"/events/{order.pk}/"))
    assert "may look at events" in page
    assert "Save</button>" not in page.replace('aria-hidden="true">Save</button>', "")


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"field": ["a"] * 200, "operator": ["is"] * 200, "value": ["\0"] * 200},
        {"field": ["event"], "operator": ["nonsense"], "value": ["x"]},
        {"do": "remove-row:99999999999999999999"},
        {"do": "remove-row:-1"},
        {"do": "dance"},
        {"name": "\0", "description": "\0", "sample": "\0", "schema": "\0", "namespace": "\0", "rule_text": "\0"},
        {"name": "A", "schema": '{"properties": {"": {"type": {"x": 1}}, "a.b": {"type": ["null"]}, "c": 5}}'},
        {"name": "A", "rule_mode": "text", "rule_text": "(" * 9000, "do": "check"},
        {"name": "A", "rule_mode": "text", "rule_text": "😀 == 1"},
        {"name": "A", "schema": '{"properties": {"\\ud800": {"type": "string"}}}'},
        {
            "do": "read-sample",
            "sample": '{"event": "\\ud800", "properties": {"a": 1}}',
            "field": "event",
            "operator": "is",
            "value": "",
        },
        {"do": "read-sample", "sample": '{"\\ud800": 1}'},
        {"fields": ["x"] * 900, "which_fields": "some"},
        {"id_type": "other"},
    ],
)
def test_a_strange_form_is_answered_calmly(browser: Client, order: EventDefinition, form: dict[str, Any]) -> None:
    for address in ("/events/new/", f"/events/{order.pk}/"):
        assert browser.post(address, form).status_code in (200, 422)


@pytest.mark.parametrize("query", ["q=%00", "after=abc", "after=WzEsIDFd", "q=" + "x" * 9000])
def test_a_strange_address_is_answered_calmly(browser: Client, order: EventDefinition, query: str) -> None:
    assert browser.get(f"/events/?{query}").status_code == 200


def test_the_list_goes_on_after_fifty(browser: Client, shop: Any, ada: User) -> None:
    for number in range(60):
        EventDefinition.objects.create(sandbox=shop, name=f"Event{number:02}", rule="true", namespace="userId")

    first = text_of(browser.get("/events/"))
    following = re.search(r'href="(\?after=[^"]+)"[^>]*>Next page', first)

    assert following
    second = text_of(browser.get("/events/" + following.group(1)))
    assert "Event00" in first
    assert "Event00" not in second
    assert "OrderPlaced" in second


def test_times_are_said_in_words() -> None:
    from datetime import timedelta

    from designer.templatetags.words import counted, in_words

    assert in_words(NOW, NOW) == "just now"
    assert in_words(NOW - timedelta(minutes=1, seconds=5), NOW) == "1 minute ago"
    assert in_words(NOW + timedelta(hours=5), NOW) == "in 5 hours"
    assert in_words(NOW - timedelta(days=40), NOW) == "20 Jan 2026"
    assert (counted(1, "version"), counted(1204, "person,people")) == ("1 version", "1,204 people")
