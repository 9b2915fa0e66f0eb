"""Tree -> SQL: a condition over profiles for a WHERE, for audiences. Pure: it writes SQL and asks nobody.

It gives the answer that to_python gives for the same person, on every PostgreSQL from 16 on, or it says before that
it cannot: `check_sql`. It rests on the functions in engine/sql/schema/expressions.sql.

Null counts as false for the whole. No data makes it raise. Where the other compiler would have to look at a value
before it knows whether it fits (a field of unknown type), SQL is refused: only questions that no value can fail are
asked of it, `is null`, `is integer`, and whether it equals a text, a boolean or a number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from engine.expressions.checking import Checked
from engine.expressions.problems import ExpressionError, ExpressionProblem, in_order
from engine.expressions.to_sql.ground import Bind, EventRows, Ground, Moment
from engine.expressions.to_sql.grouping import Join
from engine.expressions.to_sql.grouping import joins as joined
from engine.expressions.to_sql.writing import Writer
from engine.expressions.types import BOOLEAN, fits


@dataclass(frozen=True, slots=True)
class Sql:
    """A condition, with psycopg's named placeholders, and what stands in their places.

    `joins`: what has to stand behind the profiles in FROM, when it was written for everybody; `joined` writes it, for
    as many conditions as stand in one statement.
    """

    text: str
    parameters: Mapping[str, object]
    joins: tuple[Join, ...] = ()


def to_sql(checked: Checked, ground: Ground, *, now: datetime, for_everybody: bool = False) -> Sql:
    """The condition for the profiles of whom the expression is true at `now`. ExpressionError when SQL cannot say it.

    For a few people, the events of each are looked up by their index. `for_everybody`: the events of all are read in
    one pass, and joined. Conditions can stand in one statement, and share there what they have in common.
    """
    if checked.problems or checked.tree is None:
        raise ExpressionError(checked.text, checked.problems)
    writer = Writer(checked, ground, now, for_everybody)
    text, problems = _written(writer, checked)
    if problems:
        raise ExpressionError(checked.text, problems)
    joins = tuple(join for join in dict.fromkeys(writer.joins or ()) if join.text in text)
    return Sql(text, MappingProxyType(writer.parameters), joins)


def check_sql(checked: Checked) -> tuple[ExpressionProblem, ...]:
    """Everything in a checked expression that SQL cannot say, with the code `unsupported`."""
    if checked.problems or checked.tree is None:
        return checked.problems
    return _written(Writer(checked, _Nowhere(), datetime(2026, 1, 1, tzinfo=UTC)), checked)[1]


def _written(writer: Writer, checked: Checked) -> tuple[str, tuple[ExpressionProblem, ...]]:
    assert checked.tree is not None
    if not fits(checked.type, BOOLEAN):
        writer.refuse(checked.tree, f"An audience is a boolean; this is of type {checked.type}.", "Compare it.")
    text = writer.condition(checked.tree)
    return text, in_order(writer.problems)


class _Nowhere:
    """A ground for checking alone."""

    attributes = "profile.attributes"

    def events(self, definition: str, alias: str, bind: Bind) -> EventRows:
        return EventRows(
            table=alias, where="true", belongs=(), payload=f"{alias}.payload", newest_first=(f"{alias}.id",)
        )

    def in_audience(self, audience: str, bind: Bind) -> str:
        return "false"


__all__ = ["Bind", "EventRows", "Ground", "Moment", "Sql", "check_sql", "joined", "to_sql"]
