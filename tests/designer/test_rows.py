"""Rows and groups: what is written can be read again, here and in the canvas; what rows cannot say has its reason."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.rules import Condition, Group, Reason, read, written
from designer.rules.operators import OFFERED, kind_of
from designer.rules.reading import DEEPEST, MOST
from designer.rules.tree import group_in
from engine.expressions import BOOLEAN, Facts, Schema, Scope, check
from engine.expressions import compile as compile_expression

# (what it says, rows, text): the canvas' tests hold its own writer to the same pairs.
PAIRS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "rows.json").read_text(encoding="utf-8"))
TYPES = {
    "city": "string",
    '"the name"."a.b"': "string",
    "quantity": "integer",
    "total": "decimal",
    "gift": "boolean",
    "placed": "dateTime",
    "local": "dateTimeOnly",
    "day": "dateOnly",
    "tags": "list<string>",
    "sizes": "list<integer>",
    "prices": "list<decimal>",
    "items": "list<object>",
    "items.sku": "string",
    "notes": "map<string>",
    "open": "any",
}
SCOPE = Scope(
    events={"Order": Schema({f"properties.{path}": type_ for path, type_ in TYPES.items()}, closed=True)},
    sources={"Profile": {"attributes": Schema({"plan": "string"})}},
    actions={"custom_action_1": Schema()},
)


def order(path: str) -> str:
    return f"@event{{Order.properties.{path}}}"


@pytest.mark.parametrize("pair", PAIRS, ids=[pair["says"] for pair in PAIRS])
def test_each_pair_is_written_and_read(pair: dict[str, Any]) -> None:
    rows = group_in(pair["rows"])

    assert written(rows) == pair["text"]
    assert read(pair["text"], SCOPE) == rows
    assert rows.as_json() == pair["rows"]


def test_the_pairs_show_every_operator_of_every_kind() -> None:
    shown = set()
    waiting = [pair["rows"] for pair in PAIRS]
    while waiting:
        item = waiting.pop()
        waiting += item.get("items", [])
        if "operator" in item:
            shown.add((kind_of(item["type"]), item["operator"]))

    assert shown == {(kind, operator) for kind, operators in OFFERED.items() for operator in operators}


# --- Whatever a person may build ------------------------------------------------------------------------------------

# What a database can keep: no zero characters, no halves of characters.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
WHOLE = st.from_regex(r"-?(0|[1-9][0-9]{0,8})", fullmatch=True).filter(lambda text: text != "-0")
NUMBERS = WHOLE | st.from_regex(r"-?[0-9]{1,4}\.[0-9]{0,2}[1-9]", fullmatch=True)
DAYS = st.dates().map(str)
TIMES = st.just("2026-03-01T09:15:00Z") | st.just("2026-03-01T09:15:00.5+02:00")
VALUES = {"text": TEXTS, "number": NUMBERS, "time": TIMES, "local": st.just("2026-03-01T09:15:00"), "day": DAYS}
FIELDS = [(order(path), type_) for path, type_ in TYPES.items() if type_ not in ("any", "map<string>")]
FIELDS = [(field, "list<string>" if "sku" in field else type_) for field, type_ in FIELDS] + [
    ("#{Profile.attributes.plan}", "string"),
    (order("items.first().sku"), "string"),
    ("${journeyVersionName}", "string"),
    ("${lastActionExecutionElapsedTime}", "integer"),
    *((order("open"), type_) for type_ in ("string", "number", "boolean", "dateTime")),
    ("", "audience"),
]


@st.composite
def a_condition(draw: st.DrawFn) -> Condition:
    field, type_ = draw(st.sampled_from(FIELDS))
    kind = kind_of(type_)
    operator = draw(st.sampled_from(OFFERED[kind]))
    if field == order("open") and operator in ("set", "not_set"):
        type_ = "unknown"  # what is only there or not tells nothing of its type
    values: tuple[str, ...] = ()
    number = WHOLE if type_ in ("integer", "list<integer>") else NUMBERS
    one = number if kind in ("number", "numbers") else VALUES.get(kind.removesuffix("s"), TEXTS)
    if operator in ("one_of", "includes_any"):
        most = 1 if field == order("open") else 4
        values = tuple(draw(st.lists(one, min_size=1, max_size=most)))
    elif operator == "between":
        values = (draw(one), draw(one))
    elif operator in ("last", "next"):
        values = (draw(WHOLE), draw(st.sampled_from(["hours", "days", "months", "years"])))
    elif operator.startswith("size_"):
        values = (draw(WHOLE),)
    elif operator not in ("set", "not_set", "true", "false", "empty", "not_empty", "has"):
        values = (draw(one),)
    # Where the opposite has a name of its own, that is what is meant.
    negated = operator not in ("is", "is_not", "is_i", "is_not_i", "set", "not_set") and draw(st.booleans())
    return Condition(field=field, type=type_, operator=operator, negated=negated, values=values)


def groups(items: Any, least: int) -> Any:
    return st.builds(
        Group,
        join=st.sampled_from(["and", "or"]),
        negated=st.booleans(),
        items=st.lists(items, min_size=least, max_size=4).map(tuple),
    )


def is_a_between(group: Group) -> bool:
    """Such a group reads as the one row that says the same."""
    found = [(row.operator, row.negated) for row in group.items if isinstance(row, Condition)]
    return group.join == "and" and found == [("least", False), ("most", False)]


INNER = st.recursive(
    a_condition(), lambda items: groups(items, 2).filter(lambda group: not is_a_between(group)), max_leaves=12
)
ROOTS = groups(INNER, 2).filter(lambda group: not (group.negated and is_a_between(group)))


@given(ROOTS | a_condition().map(lambda row: Group(items=(row,))))
def test_rows_survive_being_written_and_read(rows: Group) -> None:
    text = written(rows)

    assert check(text, SCOPE, BOOLEAN).problems == ()
    assert read(text, SCOPE) == rows


# --- What is read means what was written ----------------------------------------------------------------------------

# What people hold: also nothing, and what does not fit.
DATA = st.fixed_dictionaries(
    {},
    optional={
        "city": st.sampled_from(["Oslo", "oslo", "", "Paris", None, 5]),
        "total": st.sampled_from([0, 1.5, 100, None, "100"]),
        "gift": st.sampled_from([True, False, None, "true"]),
        "tags": st.sampled_from([[], ["red"], ["red", None], None]),
    },
)
PLAIN = [
    'city == "Oslo"', 'city != "Oslo"', "city is null", "city is not null", "isEmpty(city)",
    'contain(city, "s")', 'equalIgnoreCase(city, "OSLO")', 'notEqualIgnoreCase(city, "OSLO")', 'in(city, ["Oslo", ""])',
    "total > 1", "total == 100", "in(total, [1.5])", "gift", "gift == false", "gift != true",
    'in("red", tags)', "listSize(tags) > 0", 'listSize(intersect(tags, ["red"])) > 0',
]  # fmt: skip
PHRASES = st.recursive(
    st.sampled_from([re.sub(r"\b(city|total|gift|tags)\b", lambda name: order(name[0]), text) for text in PLAIN]),
    lambda inner: (
        inner.map("not ({})".format)
        | inner.map("({})".format)
        | st.tuples(inner, st.sampled_from(["and", "or"]), inner).map("({0[0]} {0[1]} {0[2]})".format)
    ),
    max_leaves=8,
)


@given(PHRASES, DATA)
def test_what_is_read_means_what_was_written(text: str, data: dict[str, Any]) -> None:
    rows = read(text, SCOPE)
    assert isinstance(rows, Group), rows

    again = written(rows)

    facts = Facts({"Order": {"properties": data}}, {}, {}, {}, {}, {}, {}, datetime(2026, 1, 1, tzinfo=UTC))
    assert compile_expression(again, SCOPE, BOOLEAN)(facts) == compile_expression(text, SCOPE, BOOLEAN)(facts)
    assert read(again, SCOPE) == rows


# --- Other ways to write the same -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("  ", ""),
        (order("gift"), f"{order('gift')} == true"),
        (f"not {order('gift')}", f"not ({order('gift')} == true)"),
        (f"not ({order('city')} == 'x')", f'{order("city")} != "x"'),
        (f"not not isEmpty({order('city')})", f"isEmpty({order('city')})"),
        (f"not ({order('city')} is null)", f"{order('city')} is not null"),
        (f"@{{Order . properties . city}} == 'x' and (({order('total')} > 9.50))",
         f'{order("city")} == "x" and {order("total")} > 9.50'),
        (f"{order('gift')} and {order('total')} > 1 or isEmpty({order('city')})",
         f"({order('gift')} == true and {order('total')} > 1) or isEmpty({order('city')})"),
        (f'{order("placed")} > date("2026-03-01T09:15:00+01:00")',
         f'{order("placed")} > toDateTime("2026-03-01T08:15:00Z")'),
        ("inSegment('VIP')", 'inAudience("VIP")'),
    ],
)  # fmt: skip
def test_the_same_said_otherwise_becomes_the_same_rows(text: str, again: str) -> None:
    rows = read(text, SCOPE)

    assert isinstance(rows, Group), rows
    assert written(rows) == again


def test_a_field_that_is_not_there_any_more_stays_a_row() -> None:
    gone = '@event{Gone.properties.city} == "Oslo" and @event{Order.properties.gone} > 5'

    rows = read(gone, SCOPE)

    assert isinstance(rows, Group)
    assert [(row.type, row.values) for row in rows.items if isinstance(row, Condition)] == [
        ("string", ("Oslo",)),
        ("number", ("5",)),
    ]
    assert written(rows) == gone


@pytest.mark.parametrize(
    ("text", "message", "part"),
    [
        (f'matchRegExp({order("city")}, "a+")', "`matchRegExp` cannot be shown as a row.", "matchRegExp"),
        (f"{order('total')} >", "The expression ends too early; a value is missing.", ""),
        ("true", "`true` alone cannot be shown as a row.", "true"),
        (f"10 < {order('total')}", "A row begins with the field: the field stands on the right here.", "10"),
        (f"{order('total')} > {order('quantity')}", "A row compares a field with a value, not with another field.",
         order("quantity")),
        (f"{order('total')} * 2.0 > 5", "* 2.0` is no field: a row begins with one.", order("total")),
        (f"lower({order('city')}) == 'x'", "`lower` cannot be shown as a row.", "lower"),
        (f'{order("city")} == 5', "`5` cannot be shown as the value of a row.", "5"),
        (f'{order("total")} == "5"', '`"5"` cannot be shown as the value of a row.', '"5"'),
        (f"{order('placed')} == toDateTime('2026-03-01T09:15:00Z')",
         "`==` with a field of type dateTime cannot be shown as a row.", order("placed")),
        ("#{Profile.attributes.plan, defaultValue: 'x'} == 'x'", "A default value cannot be shown in a row.", "'x'"),
        (f"{order('items.all(currentEventField.sku is null).sku')} is null",
         "The condition inside `all(...)` cannot be shown in a row.", "all("),
        (f"if ({order('gift')}) then (true) else (false)", "`if` cannot be shown as a row.", "if"),
        (f"{order('tags')} has null", "`has null` cannot be shown as a row.", order("tags")),
        (f"{order('city')}", "is of type string, and compared with nothing.", order("city")),
        (f"inLastDays({order('city')}, 3)", "`inLastDays` with a field of type string cannot be", "inLast"),
        (f"count({order('items')}) > 1", "`count` cannot be shown as a row.", "count"),
        ("(" * DEEPEST + "true" + " or (true and false))" * DEEPEST, "`true` alone cannot be shown as a row.", "true"),
        (" and ".join([f"{order('gift')}"] * (MOST + 1)), f"It holds more than {MOST} conditions.", order("gift")),
    ],
)  # fmt: skip
def test_what_rows_cannot_say_has_a_reason_and_a_place(text: str, message: str, part: str) -> None:
    found = read(text, SCOPE)

    assert isinstance(found, Reason)
    assert message in found.message
    assert text[found.start :].startswith(part)
    assert (found.line, found.column) == (1, found.start + 1)


def test_groups_nest_up_to_a_depth() -> None:
    def nested(depth: int) -> str:
        text = order("gift")
        for _ in range(depth):
            text = f"({text} or isEmpty({order('city')}))"
        return text

    assert isinstance(read(nested(DEEPEST + 1), SCOPE), Group)
    found = read(nested(DEEPEST + 2), SCOPE)
    assert isinstance(found, Reason)
    assert "levels deep" in found.message
