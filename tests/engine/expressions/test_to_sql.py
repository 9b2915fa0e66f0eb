"""SQL of expressions: nothing an author writes is glued in, nothing raises, indexes serve, and a refusal says why."""

import json
import re
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from django.db import connection

import engine
from engine.expressions import BOOLEAN, ExpressionError, Schema, Scope, check, compile
from engine.expressions.functions import FUNCTIONS
from engine.expressions.paths import quoted, segment
from engine.expressions.signatures import Function, Parameter
from engine.expressions.to_sql import Sql, check_sql, joined, to_sql
from engine.expressions.to_sql.patterns import translate
from engine.expressions.values import LONGEST
from tests.engine.expressions.world import NOW, Person, Profiles, ask, members_of, settle
from tests.engine.expressions.written import ATTRIBUTES, DEFINITIONS, SCALARS, SCOPE

pytestmark = pytest.mark.django_db

SCHEMA = (Path(engine.__file__).parent / "sql" / "schema" / "expressions.sql").read_text()
HOSTILE = ["'; DROP TABLE engine_profile; --", "%s", "%(p1)s", "100%", "{filter}", "{}", "\\", '"', "$1", "a\nb", "😀"]
ROBERT = Scope(
    sources={"Profile": {"attributes": Schema(), "events": Schema({segment(name): "list<object>" for name in HOSTILE})}}
)


def members(text: str, *people: Person, scope: Scope = SCOPE, ground: Profiles | None = None) -> set[int]:
    """Who is in the audience; the people are numbered from 1."""
    settle(connection.connection, people, DEFINITIONS)
    return members_of(connection.connection, condition(text, scope, ground))


def condition(text: str, scope: Scope = SCOPE, ground: Profiles | None = None) -> Sql:
    return to_sql(check(text, scope, BOOLEAN), ground or Profiles(), now=NOW)


# --- Injection ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(
    "text",
    [
        "#{{Profile.attributes.{name}}} == {text}",
        "#{{Profile.attributes.{name}}} is not null",
        "#{{Profile.attributes.a.{name}.b}} is not null",
        "in({text}, [{text}, #{{Profile.attributes.city, defaultValue : {text}}}])",
        "count(#{{Profile.events.{name}.all(currentDataPackField.{name} == {text})}}) >= 0",
        "inAudience({text})",
        'matchRegExp({text} + "", "[^a]*" )',
        "(if (#{{Profile.attributes.x}} is null) then ({text}) else (toString(1))) != concat({text}, {text})",
    ],
)
def test_what_an_author_writes_is_a_parameter(text: str, hostile: str) -> None:
    written = text.format(name=segment(hostile), text=quoted(hostile))
    scope = Scope(sources={"Profile": {**ROBERT.sources["Profile"], "attributes": Schema({"city": "string"})}})
    found = to_sql(check(written, scope, BOOLEAN), Profiles(), now=NOW)

    settle(connection.connection, [Person(attributes={hostile: hostile})], DEFINITIONS)
    members_of(connection.connection, found)

    if len(hostile) > 3:
        assert hostile not in found.text


def test_a_strange_name_is_found_as_it_is() -> None:
    for name in HOSTILE:
        assert members(
            f"#{{Profile.attributes.{segment(name)}}} == {quoted(name)}", Person(attributes={name: name})
        ) == {1}


# --- Plans --------------------------------------------------------------------------------------------------------


def plan(found: Sql) -> str:
    """How PostgreSQL goes about it when there are too many people to look at each."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        query = f"SELECT profile.id FROM engine_profile AS profile {joined(found.joins)} WHERE {found.text}"
        cursor.execute(f"EXPLAIN {query}", dict(found.parameters))
        return "\n".join(line for (line,) in cursor.fetchall())


def test_an_index_on_the_attributes_serves_an_equality() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX of_attributes ON engine_profile USING gin (attributes jsonb_path_ops)")

    found = plan(condition('#{Profile.attributes.city} == "Bern" and #{Profile.attributes.age} > 30'))

    assert "Bitmap Index Scan on of_attributes" in found


def test_an_index_on_one_field_serves_a_comparison() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX of_age ON engine_profile (engine_expression_integer(attributes -> 'age'))")

    assert "of_age" in plan(condition("#{Profile.attributes.age} >= 30"))


EVENT_AGGREGATES = [
    "count(#{Profile.events.OrderPlaced.all(currentDataPackField.properties.total > 10.0)}) >= 3",
    "sum(#{Profile.events.OrderPlaced.all(currentDataPackField.properties.total > 10.0).properties.total}) > 100.0",
    "max(#{Profile.events.OrderPlaced.properties.quantity}) > 100",
    '#{Profile.events.OrderPlaced.first().properties.city} == "Bern"',
]


@pytest.mark.parametrize("text", EVENT_AGGREGATES)
def test_the_events_of_a_person_are_reached_by_their_index_and_aggregated_plainly(text: str) -> None:
    found = condition(text)

    assert "engine_event_default_profile_id_received_at_idx" in plan(found)
    assert "jsonb_agg" not in found.text


@pytest.mark.parametrize(
    "recent",
    ["inLastDays(currentDataPackField.timestamp, 10)", 'currentDataPackField.timestamp > nowWithDelta(-10, "days")'],
)
def test_a_window_leaves_out_the_partitions_before_it(recent: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT engine_make_month('2025-06-01'), engine_make_month('2026-01-01')")
    text = f"count(#{{Profile.events.OrderPlaced.all({recent})}}) >= 3"

    assert "engine_event_y2025m06" in plan(condition(text))
    assert "engine_event_y2025m06" not in plan(condition(text, ground=Profiles(knows_moments=True)))


def test_whether_there_is_an_event_becomes_a_join() -> None:
    assert "SubPlan" not in plan(condition("count(#{Profile.events.OrderPlaced.all()}) > 0"))


@pytest.mark.parametrize("text", EVENT_AGGREGATES)
def test_for_everybody_the_events_are_read_once_and_joined(text: str) -> None:
    found = to_sql(check(text, SCOPE, BOOLEAN), Profiles(), now=NOW, for_everybody=True)

    assert joined(found.joins).startswith("LEFT JOIN (SELECT")
    assert "SubPlan" not in plan(found)


def test_what_looks_at_the_person_in_between_is_not_joined() -> None:
    their_city = "currentDataPackField.properties.city == #{Profile.attributes.city}"
    text = f"count(#{{Profile.events.OrderPlaced.all({their_city})}}) > 1"

    assert to_sql(check(text, SCOPE, BOOLEAN), Profiles(), now=NOW, for_everybody=True).joins == ()


# --- Events -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("knows_moments", [False, True])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("count(#{Profile.events.OrderPlaced.all(inLastHours(currentDataPackField.timestamp, 1))}) == 3", {1}),
        ("count(#{Profile.events.OrderPlaced.all(inLastHours(currentDataPackField.timestamp, 0))}) == 2", {1}),
        ("count(#{Profile.events.OrderPlaced.all(inLastDays(currentDataPackField.timestamp, 1))}) >= 3", {1}),
        ("count(#{Profile.events.OrderPlaced.all(currentDataPackField.timestamp < now())}) == 1", {1}),
        ("#{Profile.events.OrderPlaced.first(currentDataPackField.timestamp <= now()).properties.total} == 5.0", {1}),
        ("#{Profile.events.OrderPlaced.last().properties.total} == 7.0", {1}),
        ("sum(#{Profile.events.OrderPlaced.properties.total}) == 0.0", {2}),
        ("#{Profile.events.OrderPlaced.all()} is null", {2}),
        ("#{Profile.events.OrderPlaced} is null", set()),
    ],
)
def test_events_are_read_newest_first(text: str, expected: set[int], knows_moments: bool) -> None:
    def order(hours: int, total: float) -> tuple[str, object]:
        return "OrderPlaced", {
            "timestamp": (NOW - timedelta(hours=hours)).isoformat().replace("+00:00", "Z"),
            "properties": {"total": total},
        }

    people = Person(attributes={}, events=[order(0, 4.0), order(0, 5.0), order(1, 7.0)]), Person(attributes={})

    assert members(text, *people, ground=Profiles(knows_moments)) == expected


# --- What SQL refuses ---------------------------------------------------------------------------------------------

OPEN = Scope(
    sources={"Profile": {"attributes": Schema({**SCOPE.sources["Profile"]["attributes"].fields, "list": "listAny"}),
                         "events": Schema({"Order": "list<object>"})},
             "Weather": {"today": Schema({"rain": "boolean"})}},
    events={"Order": Schema({"total": "decimal"})},
)  # fmt: skip
NOT_KNOWN = "type of this value is not known"
REFUSED = [
    ("random() < 0.5", "random"),
    ("length(uuid()) == 36", "random"),
    ("@event{Order.total} > 1.0", "attributes of a profile and its events"),
    ("#{Weather.today.rain}", "attributes of a profile and its events"),
    ('${journeyUID} == "J"', "journey property"),
    ("#{Profile.attributes.anything} > 5", NOT_KNOWN),
    ("#{Profile.attributes.anything}", NOT_KNOWN),
    ("(#{Profile.attributes.anything} + 1) == 5", NOT_KNOWN),
    ("length(#{Profile.attributes.anything}) > 5", NOT_KNOWN),
    ("#{Profile.attributes.anything} == #{Profile.attributes.other}", NOT_KNOWN),
    ("#{Profile.attributes.anything} == #{Profile.attributes.age}", NOT_KNOWN),
    ("#{Profile.attributes.anything, defaultValue : 1} == 1", NOT_KNOWN),
    ("(if (#{Profile.attributes.vip}) then (#{Profile.attributes.any}) else (1)) == 1", NOT_KNOWN),
    ("#{Profile.attributes.anything.all()} is null", NOT_KNOWN),
    ("#{Profile.attributes.anything.keys()} is null", NOT_KNOWN),
    ("#{Profile.attributes.strings.at(#{Profile.attributes.any})} is null", NOT_KNOWN),
    ('#{Profile.attributes.prices.entry(#{Profile.attributes.any})} is null', NOT_KNOWN),
    ("#{Profile.attributes.anything} has null", NOT_KNOWN),
    ("[#{Profile.attributes.anything}] has null", NOT_KNOWN),
    ("count(#{Profile.attributes.list}) > 1", NOT_KNOWN),
    ("#{Profile.attributes.list} == #{Profile.attributes.strings}", "lists are not compared"),
    ("#{Profile.attributes.address} == #{Profile.attributes.address}", "objects are not compared"),
    ("count(distinct(#{Profile.attributes.items})) > 1", "objects are not compared"),
    ("distinctCount(#{Profile.attributes.items}) > 1", "objects are not compared"),
    ('distinctCount(#{Profile.attributes.items}, "colour") > 1', "type of `colour` is not known"),
    ('count(filter(#{Profile.attributes.items}, "price", ["a"])) > 1', "of type decimal"),
    ("(#{Profile.attributes.score} % 2.0) == 1.0", "remainder of decimals"),
    ('toDateOnly(updateTimeZone(#{Profile.attributes.seen}, "Europe/Paris")) is null', "time zone"),
    ('toDateTime("Europe/Paris", #{Profile.attributes.born}) < now()', "time zone"),
    ('nowWithDelta(#{Profile.attributes.age}, "days", "Europe/Paris") < now()', "in UTC only"),
    ('matchRegExp(#{Profile.attributes.city}, "(?i)bern")', "reads this regular expression in another way"),
    ('matchRegExp(#{Profile.attributes.city}, "(a)\\\\1")', "reads this regular expression in another way"),
    ('matchRegExp(#{Profile.attributes.city}, "\\\\p{L}+")', "reads this regular expression in another way"),
    ("matchRegExp(#{Profile.attributes.city}, #{Profile.attributes.name})", "only as a text in quotes"),
    ('replaceAll(#{Profile.attributes.city}, "a|ab", "") == "x"', "may find other matches"),
    ('count(split(#{Profile.attributes.city}, ";?")) > 1', "may find other matches"),
    ('replace(#{Profile.attributes.city}, "a", "$0$0") == "x"', "put groups into a replacement"),
    ('replace(#{Profile.attributes.city}, "a", #{Profile.attributes.name}) == "x"', "replacement only as a text"),
    ("sort(#{Profile.attributes.strings}, #{Profile.attributes.vip}) has null", "direction of `sort`"),
    ('#{Profile.attributes.city} == "a\\u0000"', "U+0000"),
    ('#{Profile.attributes."a\\u0000"} is null', "U+0000"),
    ('#{Profile.attributes."a\\u0000"} == "x"', "U+0000"),
    ('inAudience("a\\u0000")', "U+0000"),
    ('#{Profile.attributes.active} and ([1, 2] == [1, 2] and (if (true) then ("a") else (null)) == 1 + "a")', ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), REFUSED, ids=[text for text, _ in REFUSED])
def test_what_sql_cannot_say_is_said_before(text: str, reason: str) -> None:
    checked = check(text, OPEN)
    assert checked.problems == ()

    problems = check_sql(checked)

    if not reason:
        assert problems == ()
        return
    assert {problem.code for problem in problems} == {"unsupported"}
    assert reason in problems[0].message
    assert all(problem.hint and 0 <= problem.start < problem.end <= len(text) for problem in problems)
    with pytest.raises(ExpressionError) as refused:
        to_sql(checked, Profiles(), now=NOW)
    assert tuple(refused.value.problems) == problems


@pytest.mark.parametrize(
    ("text", "wrapped"),
    [
        ("#{Profile.attributes.strings}", '(if (count(%s) > 1) then (["a"]) else (["b"]))'),
        ("#{Profile.attributes.age}", "(toInteger(%s == #{Profile.attributes.score}))"),
        ("#{Profile.attributes.name}", '(toString(endWith("abc", %s)))'),
    ],
)
def test_sql_that_would_grow_without_bound_is_refused_at_once(text: str, wrapped: str) -> None:
    for _ in range(24):
        text = wrapped % text

    assert "too long" in check_sql(check(f"({text}) is null", SCOPE))[0].message


def test_a_count_is_no_boolean() -> None:
    assert members("count(#{Profile.attributes.strings}) == false", Person(attributes={})) == set()


def test_an_audience_is_a_boolean() -> None:
    assert "An audience is a boolean" in check_sql(check("1 + 1", OPEN))[0].message


def test_every_problem_is_said_at_once() -> None:
    text = "random() < 0.5 or #{Profile.attributes.anything} > 5 or ${journeyUID} is null"

    assert len(check_sql(check(text, OPEN))) == 3


NOT_SAID = {"random()", "uuid()", "distinct(list<object>)", "distinctCount(list<object>)"}
BY_KIND = {"constant": '"x"', "zone": '"UTC"', "unit": '"days"', "regex": '"a"', "attribute": '"name"'}


def _argument(function: Function, parameter: Parameter, scalar: str) -> str:
    """A field of the type; a constant where SQL asks for one."""
    type_ = {"T": scalar, "list<T>": f"list<{scalar}>", "list<object>": "list<object>"}.get(str(parameter.type))
    if function.name == "sort" and parameter.type == BOOLEAN:
        return "true"
    if function.name == "filter" and parameter.type.is_list and type_ != "list<object>":
        return "[null]"
    found = [path for path, declared in ATTRIBUTES.items() if declared == (type_ or str(parameter.type))]
    return BY_KIND.get(parameter.kind) or f"#{{Profile.attributes.{found[0]}}}"


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)
def test_every_signature_is_said_for_every_type(function: Function) -> None:
    for signature, scalar in product(function.signatures, SCALARS):
        arguments = [_argument(function, parameter, scalar) for parameter in signature.parameters]
        if function.name.startswith("replace"):
            arguments[2] = '"b"'
        checked = check(f"({function.name}({', '.join(arguments)})) is null", SCOPE)
        assert checked.problems == ()

        is_said = check_sql(checked) == ()

        assert is_said != (f"{function.name}{str(signature).partition(' ->')[0]}" in NOT_SAID), checked.text


JAVA_ONLY = ["a++", "(?=a)b", "\\bword\\b", "^a$", "[[:alpha:]]", "[a&&b]", "a{300}", "\\1", "(?<n>a)", "x{,2}", "\\"]


@pytest.mark.parametrize("pattern", JAVA_ONLY)
def test_a_pattern_that_may_mean_something_else_is_not_taken_over(pattern: str) -> None:
    assert translate(pattern) is None


# --- Data that does not fit ---------------------------------------------------------------------------------------

NUMBERS = [
    "1" + "0" * 400,
    "-1" + "0" * 131_000,
    "0." + "0" * 400 + "1",
    "1e300",
    "-0.0",
    "1.7976931348623157e308",
    "4.0",
]
OTHERS = [
    *("", "x" * (LONGEST + 5), "P" + "9" * 19 + "D", "9999-12-31T23:59:59.9999999-18:00", "0001-01-01T00:00:00+18:00"),
    *("😀" * 40, "2024-13-45", "2024-02-30T25:61:61Z", None, True, {}, [], [None], [[]], {"price": [1]}),
    *([{"price": [None, {}]}], ["9" * 500], [1e300, 1e300, 1e308, 1e308]),
]
VALUES = [*NUMBERS, *map(json.dumps, OTHERS)]
QUESTIONS = [
    *(f'length({name}(#{{Profile.attributes.name}})) >= 0' for name in ("lower", "upper", "trim")),
    *(f"(#{{Profile.attributes.age}} {sign} #{{Profile.attributes.points}}) is null" for sign in "+-*/%"),
    *(f"(#{{Profile.attributes.score}} {sign} #{{Profile.attributes.ratio}}) is null" for sign in "+-*/"),
    *(f"{name}(#{{Profile.attributes.decimals}}) > 1.0" for name in ("sum", "avg", "min", "max")),
    *(f"to{name}(#{{Profile.attributes.name}}) is null" for name in
      ("Integer", "Decimal", "DateTime", "DateOnly", "DateTimeOnly", "Duration", "Bool", "String")),
    *(f"to{name}(#{{Profile.attributes.score}}) is null" for name in ("Integer", "String", "Bool")),
    *(f"to{name}(#{{Profile.attributes.age}}) is null" for name in ("DateTime", "DateOnly", "Duration")),
    "toDateOnly(#{Profile.attributes.age}, #{Profile.attributes.points}, #{Profile.attributes.age}) is null",
    "(#{Profile.attributes.seen} + #{Profile.attributes.span}) is null",
    "(#{Profile.attributes.span} + #{Profile.attributes.span}) is null",
    "setDays(#{Profile.attributes.seen}, #{Profile.attributes.age}) is null",
    "setHours(#{Profile.attributes.alarm}, #{Profile.attributes.age}) is null",
    'nowWithDelta(#{Profile.attributes.age}, "months") is null',
    "inNextYears(#{Profile.attributes.seen}, #{Profile.attributes.age})",
    "(#{Profile.attributes.name} + #{Profile.attributes.name}) is null",
    "substr(#{Profile.attributes.name}, #{Profile.attributes.age}, #{Profile.attributes.points}) is null",
    'replaceAll(#{Profile.attributes.name}, "x", "' + "y" * 50 + '") is null',
    'count(split(#{Profile.attributes.name}, "x")) > 1',
    'matchRegExp(#{Profile.attributes.name}, "(x|xx)*y")',
    'serializeList(#{Profile.attributes.strings}, ",", true) is null',
    "getListItem(#{Profile.attributes.strings}, #{Profile.attributes.age}) is null",
    "limit(#{Profile.attributes.strings}, #{Profile.attributes.age}) has null",
    "#{Profile.attributes.items.at(#{Profile.attributes.age}).price} is null",
    "sum(#{Profile.attributes.items.all().parts.weight}) > 0.0",
    'distinctCount(#{Profile.attributes.items}, "price") > 0',
    "#{Profile.attributes.address.keys()} is null",
    "#{Profile.attributes.address.firstEntryKey()} is null",
    '#{Profile.attributes.prices.entry("a")} is null',
    "#{Profile.attributes.plan} == 5",
    "#{Profile.attributes.plan} is decimal",
    "round(#{Profile.attributes.score}) == #{Profile.attributes.age}",
    "#{Profile.attributes.age} < #{Profile.attributes.score}",
]  # fmt: skip


def test_no_data_makes_it_raise() -> None:
    """Every field holds the same value, whatever its type; one person for each value."""
    names = [name for name in [*SCOPE.sources["Profile"]["attributes"].fields, "plan"] if "." not in name]
    settle(connection.connection, [], DEFINITIONS)
    with connection.cursor() as cursor:
        for number, value in enumerate(VALUES, 1):
            cursor.execute(
                "INSERT INTO engine_profile SELECT %s, %s, 1, jsonb_object_agg(name, %s::jsonb), NULL, now(), now() "
                "FROM unnest(%s::text[]) AS name",
                [number % 64, number, value, names],
            )

    for question in QUESTIONS:
        members_of(connection.connection, condition(question))


@pytest.mark.parametrize(
    "text",
    [
        "(9223372036854775807 + #{Profile.attributes.age}) is null",
        "(if (#{Profile.attributes.vip}) then (7 / 0) else (9223372036854775807 * 3)) is null",
        '(if (#{Profile.attributes.vip}) then (toInteger("99999999999999999999")) else (1)) is null',
        '((now()) + (if (#{Profile.attributes.vip}) then (toDuration("P9999999D")) else (toDuration("P1D")))) is null',
    ],
)
def test_constants_do_not_make_it_raise_either(text: str) -> None:
    assert members(text, Person(attributes={"age": 1, "vip": True})) <= {1}


# --- The functions it rests on ------------------------------------------------------------------------------------


def test_the_functions_are_immutable_and_safe_in_parallel() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname FROM pg_proc WHERE proname LIKE 'engine_expression_%' AND prokind = 'f' "
                       "AND (provolatile <> 'i' OR proparallel <> 's')")  # fmt: skip
        assert cursor.fetchall() == []


def test_every_function_is_called() -> None:
    written = SCHEMA + "".join(
        path.read_text() for path in Path(engine.__file__).parent.glob("expressions/to_sql/*.py")
    )

    for name in set(re.findall(r"FUNCTION (\w+)\(", SCHEMA)):
        calls = len(re.findall(rf"\b{name}\b", written)) - len(re.findall(rf"FUNCTION {name}\b", written))
        assert calls or f'_set("{name.removeprefix("engine_expression_")}")' in written, name


@pytest.mark.parametrize("made", ['#{Profile.attributes.name} + "ab"', "upper(#{Profile.attributes.name})"])
def test_a_text_is_as_long_as_the_other_compiler_makes_one(made: str) -> None:
    longest = made.count("ab") * -2 + LONGEST
    people = [Person(attributes={"name": "x" * longest}), Person(attributes={"name": "x" * (longest + 1)})]

    assert members(f"({made}) is not null", *people) == {1}


def test_two_conditions_stand_in_one_statement() -> None:
    one = to_sql(check("#{Profile.attributes.age} > 10", SCOPE), Profiles(), now=NOW)
    two = to_sql(check("#{Profile.attributes.age} < 20", SCOPE), Profiles(), now=NOW)
    settle(connection.connection, [Person(attributes={"age": age}) for age in (5, 15, 25)], DEFINITIONS)

    found = ask(connection.connection, f"{one.text} AND {two.text}", {**one.parameters, **two.parameters})

    assert found == {1: False, 2: True, 3: False}


def test_now_is_one_moment_for_both_compilers() -> None:
    text = "#{Profile.attributes.seen} == now()"
    facts = settle(connection.connection, [Person(attributes={"seen": NOW.isoformat()})], DEFINITIONS)

    assert members_of(connection.connection, condition(text)) == {1}
    assert compile(text, SCOPE)(facts[1]) is True
