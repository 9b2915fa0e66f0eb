"""The preview of an expression: its value for one person, from what they last did, without their secrets."""

from typing import Any

import pytest

from engine import control, tasks
from engine.masking import MASK
from tests.cast import graph, node
from tests.readers import makes_audience

SCHEMA = {
    "type": "object",
    "properties": {"properties": {"type": "object", "properties": {"total": {"type": "number"}}}},
}
DRAWN = graph(
    [node("event-1", event="Order"), node("custom-action-1", url="https://example.org"), node("condition-1")],
    "event-1 > custom-action-1",
    "custom-action-1 > condition-1",
)


@pytest.fixture
def preview(shop: Any) -> Any:
    shop.defines("Order", schema=SCHEMA)

    def ask(text: str, profile: str = "", *, sandbox: int | None = None, **given: Any) -> dict[str, Any]:
        asked = {"node": "condition-1", "expect": "any", "events": {}, "actions": {}, "journey": {}, **given}
        return control.preview_expression(
            sandbox_id=sandbox or shop.sandbox.pk, graph=DRAWN, text=text, profile=profile, **asked
        )

    return ask


@pytest.fixture
def ana(shop: Any, preview: Any) -> str:
    shop.identifies("ana", plan="gold", api_token="sesame", email="ana@example.org")
    shop.tracks("Order", "ana", total=10)
    shop.tracks("Order", "ana", total=20, card={"secret": "sesame"})
    shop.runs()
    return "userId:ana"


def test_it_is_evaluated_with_the_persons_latest_event(preview, ana):
    found = preview('@event{Order.properties.total} > 15 and #{Profile.attributes.plan} == "gold"', ana)

    assert (found["value"], found["type"], found["error"], found["problems"]) == (True, "boolean", None, [])
    assert found["profile"]["identity"] == "ana@example.org"
    assert found["events"]["Order"]["origin"] == "person"
    assert found["events"]["Order"]["payload"]["properties"]["total"] == 20


def test_a_payload_that_is_given_stands_for_the_persons_own(preview, ana):
    given = {"Order": {"properties": {"total": 5.5}}}

    found = preview("@event{Order.properties.total} * 2.0", ana, events=given)

    assert (found["value"], found["type"]) == (11.0, "decimal")
    assert found["events"]["Order"] == {"origin": "given"}


def test_nobody_in_particular_did_what_fits_the_schema(preview):
    found = preview("@event{Order.properties.total}")

    assert (found["value"], found["profile"], found["events"]["Order"]["origin"]) == (9.5, None, "example")


def test_an_action_answered_well_unless_it_is_said_otherwise(preview):
    status = "@action{custom_action_1.jo_status_code}"

    assert preview(status)["value"] == "http_200"
    assert preview(status, actions={"custom_action_1": {"jo_status_code": "timedout"}})["value"] == "timedout"


@pytest.mark.parametrize(
    ("text", "value", "type_"),
    [
        ("#{Profile.attributes.nothing}", None, "null"),
        ("toDuration(\"PT90M\")", "PT1H30M", "duration"),
        ("toDateTime(\"2026-01-31T09:30Z\")", "2026-01-31T09:30:00Z", "dateTime"),
        ("[1, 2]", [1, 2], "list<integer>"),
        ("@event{Order.properties}", {"total": 9.5}, "object"),
        ("${journeyVersionName}", "Welcome", "string"),
    ],
)  # fmt: skip
def test_values_of_every_kind_are_shown_as_json(preview, text, value, type_):
    found = preview(text, journey={"journeyVersionName": "Welcome"})

    assert (found["has_value"], found["value"], found["type"]) == (True, value, type_)


def test_where_a_boolean_is_needed_null_is_false(preview):
    assert preview("#{Profile.attributes.nothing}", expect="boolean")["value"] is False


def test_what_is_wrong_is_said_instead_of_a_value(preview, ana):
    wrong = preview("@event{Order.properties.total} + ")
    assert (wrong["has_value"], [problem["code"] for problem in wrong["problems"]]) == (False, ["syntax"])

    unfit = preview("#{Profile.attributes.plan} > 5", ana)
    assert unfit["has_value"] is False
    assert unfit["problems"] or unfit["error"]["message"]

    given = {"Order": {"properties": {"open": "text"}}}
    fails = preview("@event{Order.properties.open} > 5", events=given)
    assert (fails["has_value"], fails["problems"]) == (False, [])
    assert fails["error"]["message"]


def test_no_expression_can_tell_a_secret(preview, ana):
    shown = preview("#{Profile.attributes.api_token} + @event{Order.properties.card.secret}", ana)
    asked = preview('#{Profile.attributes.api_token} == "sesame"', ana)

    assert shown["value"] == MASK * 2
    assert asked["value"] is False
    assert shown["is_hidden"] is True
    assert "sesame" not in str(shown) + str(asked).replace('"sesame"', "")
    assert preview("true", "userId:nobody")["is_hidden"] is False


def test_a_person_of_another_sandbox_is_nobody_here(preview, ana, shop):
    (found,) = control.find_profiles(sandbox_id=shop.sandbox.pk, text="ana")

    for name in (ana, found["id"]):
        elsewhere = preview("#{Profile.attributes.plan}", name, sandbox=shop.sandbox.pk + 1)
        assert (elsewhere["profile"], elsewhere["value"], elsewhere["attributes"]) == (None, None, {})


def test_a_long_value_is_shown_in_part(preview):
    given = {"Order": {"properties": {"notes": ["x" * 3000] * 300}}}

    found = preview("@event{Order.properties.notes}", events=given)

    assert found["is_cut"] is True
    assert (len(found["value"]), len(found["value"][0])) == (100, 2001)


def test_what_an_audience_and_a_business_event_say_can_be_tried_out_too(shop):
    shop.defines("PriceFell", type="business", namespace="", schema=SCHEMA)
    makes_audience(shop, [], kind="upload", rule="", columns=["city"])
    read = {"audience": "Buyers", "namespace": "userId"}
    drawn = graph(
        [node("business-event-1", event="PriceFell"), node("read-audience-1", **read), node("condition-1")],
        "business-event-1 > read-audience-1",
        "read-audience-1 > condition-1",
    )

    def ask(text):
        return control.preview_expression(
            sandbox_id=shop.sandbox.pk, graph=drawn, node="condition-1", text=text, expect="any", profile="",
            events={}, actions={}, journey={},
        )  # fmt: skip

    example = ask("@event{read_audience_1.city} == @event{read_audience_1.audience}")
    shop.post("/v1/track", {"event": "PriceFell", "properties": {"total": 79}})
    tasks.answer_business_events()
    latest = ask("@event{PriceFell.properties.total}")

    assert (example["value"], example["events"]["PriceFell"]["origin"]) == (True, "example")
    assert (latest["value"], latest["events"]["PriceFell"]["origin"]) == (79, "latest")
