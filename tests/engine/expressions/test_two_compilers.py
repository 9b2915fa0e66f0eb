"""Both compilers give the same answer for the same person."""

from collections import Counter
from datetime import datetime

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine.expressions import check, compile
from engine.expressions.to_sql import check_sql, to_sql
from engine.expressions.uses import references
from tests.engine.expressions.world import Person, Profiles, ask, settle, shown, value_of
from tests.engine.expressions.written import AUDIENCES, DEFINITIONS, PAYLOAD, PERSON, SCOPE, expressions

pytestmark = pytest.mark.django_db

EVENTS = st.lists(st.tuples(st.sampled_from(DEFINITIONS), PAYLOAD), max_size=4)
PEOPLE = st.lists(
    st.builds(Person, attributes=PERSON, events=EVENTS, audiences=st.lists(st.sampled_from(AUDIENCES), max_size=2)),
    min_size=6,
    max_size=6,
)


def same(sql: str | None, python: str | None) -> bool:
    if sql is None or python is None:
        return sql is python
    try:
        return sql == python or (float(sql) == float(python) and sql.startswith("-") == python.startswith("-"))
    except ValueError:
        return sql == python


@settings(
    max_examples=100,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)
@given(people=PEOPLE, texts=st.lists(expressions(), min_size=20, max_size=20))
def test_any_expression_about_anybody(people: list[Person], texts: list[str]) -> None:
    facts = settle(connection.connection, people, DEFINITIONS)
    for text in texts:
        checked = check(text, SCOPE)
        assert not checked.problems, (text, checked.problems)
        sql, parameters, writer = value_of(checked)
        assert not writer.problems, (text, writer.problems)

        values = ask(connection.connection, sql, parameters)

        evaluate = compile(text, SCOPE)
        for id_, known in facts.items():
            expected = shown(evaluate(known))
            assert same(values[id_], expected), (text, values[id_], expected, people[id_ - 1])
