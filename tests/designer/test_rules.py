"""The rule of an event as rows: what is written can be read again, and what rows cannot say stays text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.rules import OPERATORS, WITHOUT_VALUE, Kind, Row, Rows, are_same, renamed, rows_of, text_of, value_problem
from engine.expressions import Schema, Scope, check, parse_type

KINDS: dict[str, Kind] = {
    "event": "text",
    "properties.total": "number",
    "properties.gift": "boolean",
    "properties.at": "time",
    'properties."a.b"': "text",
    'properties."the name"': "text",
    "properties.items": "other",
}
TYPES = {"text": "string", "number": "decimal", "boolean": "boolean", "time": "dateTime", "other": "list<object>"}
SCOPE = Scope(events={"Order": Schema({path: TYPES[kind] for path, kind in KINDS.items()}, closed=True)})
# What a database can keep: no zero characters, no halves of characters.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)
NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,8})(\.[0-9]{0,3}[1-9])?", fullmatch=True).filter(lambda text: text != "-0")


@st.composite
def a_row(draw: st.DrawFn) -> Row:
    field = draw(st.sampled_from(sorted(KINDS)))
    operator = draw(st.sampled_from([operator for operator, _ in OPERATORS[KINDS[field]]]))
    if operator in WITHOUT_VALUE:
        return Row(field=field, operator=operator)
    values = {"number": NUMBERS, "time": st.just("2026-03-01T09:15:00Z")}
    return Row(field=field, operator=operator, value=draw(values.get(KINDS[field], TEXTS)))


@given(st.lists(a_row(), min_size=1, max_size=6), st.sampled_from(["and", "or"]))
def test_rows_survive_being_written_and_read(rows: list[Row], join: str) -> None:
    written = text_of(Rows(rows=tuple(rows), join=join), "Order", KINDS)  # type: ignore[arg-type]

    assert check(written, SCOPE, parse_type("boolean")).problems == ()
    found = rows_of(written, "Order", KINDS)
    assert found is not None
    assert found.rows == tuple(rows)
    assert len(rows) == 1 or found.join == join


@pytest.mark.parametrize(
    "text",
    [
        "",
        "true",
        "@event{Order.properties.total} > 10 and (@event{Order.event} == \"a\" or @event{Order.event} == \"b\")",
        "not @event{Order.properties.gift} == true",
        "@event{Other.event} == \"a\"",
        "@event{Order.properties.items.first().sku} == \"a\"",
        "@event{Order.properties.total, defaultValue: 1} > 10",
        "@event{Order.event} == 5",  # a number and a text are never the same: as a row it would become one
        "@event{Order.properties.total} == \"5\"",
        "@event{Order.properties.at} == toDateTime(\"2026-03-01T09:15:00Z\")",
        "10 < @event{Order.properties.total}",
        "@event{Order.properties.total} >",
        " and ".join(["@event{Order.properties.total} > 10"] * 51),
    ],
)  # fmt: skip
def test_what_rows_cannot_say_stays_text(text: str) -> None:
    assert rows_of(text, "Order", KINDS) is None


def test_a_new_name_is_followed_everywhere_but_inside_texts() -> None:
    text = '@event{Order.event} == "Order" and contain(@event{ Order.properties.total }, @event{Orders.a})'

    assert renamed(text, "Order", "Sale") == (
        '@event{Sale.event} == "Order" and contain(@event{ Sale.properties.total }, @event{Orders.a})'
    )
    assert renamed("@event{Order.", "Order", "Sale") == "@event{Order."


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("@event{A.b}=='x'", '@event{A.b}  ==  "x"', True),
        ('@event{A.b} == "x y"', '@event{A.b} == "xy"', False),
        ("@event{A.b} > 1", "@event{A.b} > 1.0", False),
        ("@event{A.b} >", "@event{A.b} >", True),
        ("@event{A.b} >", "@event{A.b} > 1", False),
    ],
)
def test_expressions_are_compared_by_what_they_say(one: str, other: str, same: bool) -> None:
    assert are_same(one, other) is same


@pytest.mark.parametrize(
    ("value", "kind", "is_fine"),
    [("", "text", False), ("x", "text", True),
     ("x", "number", False), ("-9.5", "number", True), ("1e5", "number", False),
     ("soon", "time", False), ("2026-03-01T09:15:00", "time", False), ("2026-03-01T09:15:00+02:00", "time", True)],
)  # fmt: skip
def test_a_value_fits_its_field(value: str, kind: Kind, is_fine: bool) -> None:
    assert (value_problem(Row(field="a", operator="is", value=value), kind) == "") is is_fine
