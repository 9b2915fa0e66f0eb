"""People asked by several rules in one pass: who is not where they were, and that written down."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import psycopg

from engine.audiences.compiling import Asked, asked
from engine.audiences.ground import MEMBER
from engine.expressions.to_sql import Sql
from engine.shards import shard_of
from engine.store.arrays import integers

LONGEST = timedelta(seconds=30)  # that one statement may hold a shard
LONGEST_LOOK = timedelta(minutes=1)  # that one may look at several without holding them
MOST_MOVED = 20_000  # people of the shards that are looked at together; of more, everybody is asked while they are held

Answer = TypeVar("Answer")

# Most people are where they were: whoever is not is looked at rule by rule.
# Index: the primary keys of engine_profile and engine_membership.
_MOVED = """
SELECT {columns} FROM (
    SELECT profile.id, member.audiences, {answers}
      FROM engine_profile AS profile {joins}
     WHERE profile.shard = ANY (%(shards)s::smallint[]) AND profile.sandbox_id = %(sandbox)s
       AND profile.merged_into IS NULL {alone} OFFSET 0
) AS person WHERE {differs}
"""

# Locks: the rows written (their shard is held).
_WRITE = """
WITH person AS MATERIALIZED ({moved}), written AS (
    INSERT INTO engine_membership AS membership (shard, profile_id, audience_id, is_member, changed_at)
    SELECT %(shard)s, person.id, answer.audience_id, answer.is_member, %(now)s
      FROM person CROSS JOIN LATERAL (VALUES {answers}) AS answer (audience_id, is_member)
     WHERE answer.is_member <> coalesce(answer.audience_id = ANY (person.audiences), false)
        ON CONFLICT (shard, profile_id, audience_id) DO UPDATE
       SET is_member = excluded.is_member, changed_at = excluded.changed_at
    RETURNING profile_id, audience_id, is_member
), told AS (
    INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at)
    SELECT %(shard)s, %(sandbox)s, profile_id, 'membership',
           json_build_object('audience', audience_id, 'is_member', is_member, 'at', %(at)s::text), %(now)s
      FROM written WHERE audience_id = ANY (%(heard)s::bigint[])
)
SELECT audience_id, count(*) FILTER (WHERE is_member), count(*) FILTER (WHERE NOT is_member)
  FROM written GROUP BY audience_id
"""

# Two hands ask already, and journeys go on beside them: PostgreSQL takes no further processes for it.
_SETTINGS = "SELECT set_config('statement_timeout', %s, true), set_config('max_parallel_workers_per_gather', '0', true)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A rule that is asked: `of_all` of everybody, `of_few` of people who are named.

    `only`: it is asked of these, by shard; None: of everybody. `is_new`: nobody is in the audience yet, or its rule is
    another one now.
    """

    audience: int
    of_all: Sql
    of_few: Sql
    reads: frozenset[int] = frozenset()  # the audiences that it asks about
    only: Mapping[int, Sequence[int]] | None = None
    is_new: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """How many entered and left."""

    entered: int = 0
    left: int = 0

    def __add__(self, other: "Difference") -> "Difference":
        return Difference(entered=self.entered + other.entered, left=self.left + other.left)


def look(
    connection: psycopg.Connection[Any], sandbox_id: int, shards: Sequence[int], questions: Sequence[Question]
) -> tuple[dict[int, list[int]] | None, dict[int, str]]:
    """Who is not where they were, by shard, and which audiences could not be asked, and why. Nobody is held meanwhile.

    Whoever is found is asked again while their shard is held; whoever changes after this look is the business of what
    follows: of the turn that changes them, for a streaming audience, else of the next evaluation. None: too many.
    """
    values = {"sandbox": sandbox_id, "shards": integers(shards)}

    def together(some: Sequence[Question]) -> list[tuple[int]]:
        whole = asked((one.audience, one.of_all) for one in some)
        statement = f"{_moved(some, whole, columns='id')} LIMIT {MOST_MOVED + 1}"
        with connection.transaction():
            return _run(connection, statement, {**whole.parameters, **values, **_known(some)}, LONGEST_LOOK)

    answers, failed = _each(connection, questions, together)
    found = {id for rows in answers for (id,) in rows}
    if len(found) > MOST_MOVED:
        return None, failed
    by_shard: dict[int, list[int]] = defaultdict(list)
    for id in found:
        by_shard[shard_of(id)].append(id)
    return by_shard, failed


class Comparing:
    """One shard, held by the caller's transaction."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        *,
        sandbox_id: int,
        shard: int,
        heard: Collection[int],
        now: datetime,
    ) -> None:
        self._connection = connection
        self._shard = shard
        self._values = {
            "sandbox": sandbox_id,
            "shard": shard,
            "shards": integers([shard]),
            "heard": integers(heard),
            "now": now,
            "at": now.isoformat(),
        }

    def ask(
        self, questions: Sequence[Question], people: Sequence[int] | None
    ) -> tuple[dict[int, Difference], dict[int, str]]:
        """What changed, by audience, and why others could not be asked. `people`: of these; None: of everybody."""
        answers, failed = _each(self._connection, questions, lambda some: self._together(some, people))
        return {id: difference for answer in answers for id, difference in answer.items()}, failed

    def _together(self, questions: Sequence[Question], people: Sequence[int] | None) -> dict[int, Difference]:
        whole = asked((one.audience, one.of_all if people is None else one.of_few) for one in questions)
        statement = _WRITE.format(
            moved=_moved(questions, whole, columns="*", is_of_few=people is not None),
            answers=", ".join(f"({one.audience}::bigint, person.c{one.audience})" for one in questions),
        )
        values = {**whole.parameters, **self._values, **_known(questions)}
        if people is not None:
            values["only"] = integers(people)
        with self._connection.transaction():
            rows = _run(self._connection, statement, values, LONGEST)
            self._connection.execute("SELECT set_config('statement_timeout', '0', true)")
        return {audience: Difference(entered=entered, left=left) for audience, entered, left in rows}


def _each(
    connection: psycopg.Connection[Any],
    questions: Sequence[Question],
    together: Callable[[Sequence[Question]], Answer],
) -> tuple[list[Answer], dict[int, str]]:
    """All asked at once; when that fails, each alone, so that one never stands in the way of another."""
    if not questions:
        return [], {}
    try:
        return [together(questions)], {}
    except psycopg.Error as error:
        if connection.broken or connection.closed:
            raise
        if len(questions) == 1:
            return [], {questions[0].audience: _said(error)}
    answers: list[Answer] = []
    failed: dict[int, str] = {}
    for one in questions:
        alone, reason = _each(connection, [one], together)
        answers += alone
        failed |= reason
    return answers, failed


def _moved(questions: Sequence[Question], whole: Asked, *, columns: str, is_of_few: bool = False) -> str:
    """A SELECT of the people of whom a rule says something else than what is written down."""
    few = "AND profile_id = ANY (%(only)s::bigint[])" if is_of_few else ""
    return _MOVED.format(
        columns=columns,
        answers=whole.columns,
        joins=whole.joins + MEMBER.format(alone=few),
        alone="AND profile.id = ANY (%(only)s::bigint[])" if is_of_few else "",
        differs=" OR ".join(
            f"c{one.audience} <> coalesce({one.audience} = ANY (audiences), false)" for one in questions
        ),
    )


def _known(questions: Sequence[Question]) -> dict[str, object]:
    """The audiences of which it matters who is in them."""
    return {"known": integers({one.audience for one in questions}.union(*(one.reads for one in questions)))}


def _run(
    connection: psycopg.Connection[Any], statement: str, values: Mapping[str, object], longest: timedelta
) -> list[Any]:
    connection.execute(_SETTINGS, [str(round(longest.total_seconds() * 1000))])
    return connection.execute(statement.encode(), values).fetchall()


def _said(error: psycopg.Error) -> str:
    if isinstance(error, psycopg.errors.QueryCanceled):
        return "It took too long over one part of the people. Ask for less."
    return f"The database refused it: {str(error).splitlines()[0][:300]}"
