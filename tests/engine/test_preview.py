"""The preview of an e-mail shows what the person would get: their attributes, and their own last event."""

from engine import control
from tests.cast import graph, node

DRAWN = graph([node("event-1", event="Order"), node("email-1", subject="?", html="?")], "event-1 > email-1")
LETTER = {
    "subject": "Order {{ event.properties.id }} for {{ profile.name }}",
    "html": "<p>{{ event.properties.total }}</p>",
    "to": "@event{Order.properties.address}",
}


def preview(shop, settings, profile):
    return control.preview_email(sandbox_id=shop.sandbox.pk, graph=DRAWN, settings=settings, profile=profile)


def test_it_is_written_for_the_person_with_their_last_event_of_the_journey(shop):
    shop.defines("Order")
    shop.identifies("ana", name="Ana")
    shop.tracks("Order", "ana", id="A-1", total=10, address="old@example.org")
    shop.tracks("Order", "ana", id="A-2", total=20, address="ana@example.org")
    shop.tracks("Something else", "ana", id="?")
    shop.runs()

    found = preview(shop, LETTER, "userId:ana")

    assert (found["to"], found["subject"], found["html"]) == ("ana@example.org", "Order A-2 for Ana", "<p>20</p>")
    assert found["problems"] == []


def test_nobody_in_particular_gets_an_example(shop):
    shop.defines("Order")

    found = preview(shop, {**LETTER, "to": ""}, "")

    assert found["to"] == "preview@example.org"
    assert found["subject"] == "Order for"


def test_what_cannot_be_rendered_is_said_and_nothing_breaks(shop):
    shop.defines("Order")

    for settings, code in (
        ({**LETTER, "to": "@event{Nothing.id}"}, "ERR_SETTING"),
        ({**LETTER, "html": "{% if %}"}, "ERR_TEMPLATE"),
        ({"html": "x"}, "ERR_SETTING"),
        (LETTER, "ERR_PREVIEW"),
    ):
        assert [problem["code"] for problem in preview(shop, settings, "")["problems"]] == [code], settings


def test_a_person_of_another_sandbox_is_nobody_here(shop):
    shop.defines("Order")
    shop.identifies("ana", name="Ana")
    shop.runs()
    (ana,) = control.find_profiles(sandbox_id=shop.sandbox.pk, text="ana")

    elsewhere = control.preview_email(
        sandbox_id=shop.sandbox.pk + 1, graph=DRAWN, settings={**LETTER, "to": ""}, profile=ana["id"]
    )

    assert "Ana" not in elsewhere["subject"]


def test_every_setting_that_is_wrong_is_named_in_one_line(shop):
    problems = preview(shop, {"subject": "", "colour": "red"}, "")["problems"]

    assert [problem["field"] for problem in problems] == ["subject", "colour"]
    assert all("\n" not in problem["message"] and "pydantic" not in problem["message"] for problem in problems)
