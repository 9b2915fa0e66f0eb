"""Both compilers give the same answer: any expression, about anybody, on a real PostgreSQL."""

import json
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.expressions import BOOLEAN, Checked, check, compile, tree
from engine.expressions.checking import METHODS
from engine.expressions.functions import FUNCTIONS
from engine.expressions.to_sql import check_sql, to_sql
from tests.engine.expressions.world import NOW, Profiles, answers, ask, members_of, settle, shown, value_of
from tests.engine.expressions.written import DEFINITIONS, SCOPE, expression, person

pytestmark = pytest.mark.django_db

BATCHES, EXPRESSIONS, PEOPLE = 60, 40, 10
TOGETHER = 12  # conditions in one statement
OPERATORS = {"+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or", "not", "has null"} | {
    *(f"is {kind}" for kind in ("null", "not null", "numeric", "integer", "decimal"))
}
NOT_IN_SQL = {"random", "uuid"}
EVERYTHING = OPERATORS | (set(FUNCTIONS) - NOT_IN_SQL) | {f".{method}" for method in METHODS} | {"if", "default", "[]"}


def constructs(checked: Checked) -> Iterator[str]:
    """The names of everything that an expression is made of."""
    assert checked.tree is not None
    for node, _ in tree.walk(checked.tree):
        match node:
            case tree.Call():
                yield node.name
            case tree.Method():
                yield f".{node.name}"
            case tree.Logic() | tree.Comparison() | tree.Arithmetic():
                yield node.operator
            case tree.Not():
                yield "not"
            case tree.IsNull():
                yield "is not null" if node.negated else "is null"
            case tree.IsKind():
                yield f"is {node.kind}"
            case tree.HasNull():
                yield "has null"
            case tree.Conditional():
                yield "if"
            case tree.ListLiteral():
                yield "[]"
            case tree.Reference() if node.default is not None:
                yield "default"


def test_any_expression_about_anybody() -> None:
    reached: Counter[str] = Counter()

    @settings(max_examples=BATCHES, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.randoms(use_true_random=True))
    def they_agree(chance: Random) -> None:
        facts = settle(connection.connection, [person(chance) for _ in range(PEOPLE)], DEFINITIONS)
        for text in [expression(chance) for _ in range(EXPRESSIONS)]:
            reached.update(constructs(check(text, SCOPE)))
            difference = disagreement(text, facts)
            assert not difference, smallest(text, facts) or difference

    they_agree()

    assert EVERYTHING - set(reached) == set()


EVENTS = "#{Profile.events.OrderPlaced"
TESTS = (
    "",
    ".all()",
    ".all(currentDataPackField.properties.total > 1.0)",
    ".all(inLastDays(currentDataPackField.timestamp, 30))",
    ".all(currentDataPackField.properties.quantity is not null or currentDataPackField.properties.total < 0.5)",
)
FIELDS = (".properties.total", ".properties.quantity", ".properties.items.price", ".properties.city")
AGGREGATES = ("count", "countWithNull", "countOnlyNull", "distinctCount", "sum", "avg", "max", "min")


def of_events(chance: Random) -> str:
    """A condition over the events of a person."""
    rows = EVENTS + chance.choice(TESTS)
    aggregate, field = chance.choice(AGGREGATES), chance.choice(FIELDS)
    value = f"{aggregate}({rows}{field}}})" if aggregate != "count" or chance.randrange(2) else f"count({rows}}})"
    if value.startswith("count(") and chance.randrange(4) == 0:
        return f"{value} {chance.choice(['== 0', '> 0', '>= 1'])}"
    if check(value, SCOPE).problems or check(value, SCOPE).type.name == "string":
        value = f"count({rows}{field}}})"
    return f"{value} {chance.choice(['>=', '<', '=='])} {chance.choice(['0', '1', '2', '5'])}"


def test_conditions_that_share_a_pass_over_the_events_say_what_each_says_alone() -> None:
    @settings(max_examples=BATCHES, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.randoms(use_true_random=True))
    def they_agree(chance: Random) -> None:
        facts = settle(connection.connection, [person(chance) for _ in range(PEOPLE)], DEFINITIONS)
        texts = [of_events(chance) for _ in range(TOGETHER)]
        found = [to_sql(check(text, SCOPE, BOOLEAN), Profiles(), now=NOW, for_everybody=True) for text in texts]
        values = answers(connection.connection, found)
        for number, text in enumerate(texts):
            evaluate = compile(text, SCOPE, BOOLEAN)
            expected = {id_: bool(evaluate(known)) for id_, known in facts.items()}
            assert {id_: row[number] for id_, row in values.items()} == expected, (text, texts)

    they_agree()


def disagreement(text: str, facts: dict) -> str:
    """How the answers differ, or ''."""
    checked = check(text, SCOPE)
    assert not checked.problems, (text, checked.problems)
    sql, parameters = value_of(checked)
    values, evaluate = ask(connection.connection, sql, parameters), compile(text, SCOPE)
    for id_, known in facts.items():
        expected = shown(evaluate(known))
        if not is_same(values[id_], expected):
            return f"{text}\nSQL: {values[id_]}\nPython: {expected}\nof {json.dumps(known.sources)}\n{sql} {parameters}"
    if checked.type == BOOLEAN:
        assert check_sql(checked) == ()
        found = compile(text, SCOPE, BOOLEAN)
        expected_members = {id_ for id_, known in facts.items() if found(known)}
        for for_everybody in (False, True):
            condition = to_sql(checked, Profiles(), now=NOW, for_everybody=for_everybody)
            members = members_of(connection.connection, condition)
            if members != expected_members:
                return f"{text}\nSQL: {members}\nPython: {expected_members}\n{condition}"
    return ""


def is_same(sql: str | None, python: str | None) -> bool:
    if sql is None or python is None or sql == python:
        return sql is python or sql == python
    if sql.startswith("[") and python.startswith("["):
        items = json.loads(sql), json.loads(python)
        return len(items[0]) == len(items[1]) and all(
            is_same(*pair) if isinstance(pair[0], str) else pair[0] == pair[1] for pair in zip(*items, strict=True)
        )
    try:
        return float(sql) == float(python) and sql.startswith("-") == python.startswith("-")
    except ValueError:
        return False


def smallest(text: str, facts: dict) -> str:
    """The disagreement about the smallest part that can be asked alone: what to look at."""
    root = check(text, SCOPE).tree
    assert root is not None
    for part in sorted({text[node.start : node.end] for node, _ in tree.walk(root)}, key=len):
        if not check(part, SCOPE).problems and not check_sql_of(part) and disagreement(part, facts):
            return disagreement(part, facts)
    return ""


def check_sql_of(text: str) -> bool:
    """Whether the text has no value that SQL could show."""
    problems = check_sql(check(f"(({text}) is null)", SCOPE))
    return bool(problems)
