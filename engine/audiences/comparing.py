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
from engine.shards import SHARDS, shard_of
from engine.store.arrays import integers
from engine.store.queries import query

LONGEST = timedelta(seconds=30)  # that one statement may hold a shard
LONGEST_LOOK = timedelta(minutes=2)  # that one may look at several without holding them
MOST_MOVED = 20_000  # people of the shards that are looked at together, who are asked again; of more, see `see`

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

# Who moved, asked now.
_ANSWERS = """
SELECT person.id AS profile_id, answer.audience_id, answer.is_member
  FROM person CROSS JOIN LATERAL (VALUES {answers}) AS answer (audience_id, is_member)
 WHERE answer.is_member <> coalesce(answer.audience_id = ANY (person.audiences), false)
"""

# Who moved, as they were seen, unless they were erased or merged since.
# Index: seen_of_shard; the primary key of engine_profile.
_SEEN = """
SELECT profile_id, abs(move) AS audience_id, move > 0 AS is_member
  FROM seen CROSS JOIN LATERAL unnest(moves) AS move
 WHERE shard = %(shard)s AND abs(move) = ANY (%(audiences)s::bigint[])
   AND EXISTS (SELECT FROM engine_profile AS profile
                WHERE profile.shard = %(shard)s AND profile.id = seen.profile_id AND profile.merged_into IS NULL)
"""

# Whoever hears of it gets an item in the inbox.
_TELL = """
    INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at)
    SELECT %(shard)s, %(sandbox)s, profile_id, 'membership',
           json_build_object('audience', audience_id, 'is_member', is_member, 'at', %(at)s::text), %(now)s
      FROM {whom} WHERE audience_id = ANY (%(heard)s::bigint[])
"""
_COUNT = """
SELECT audience_id, count(*) FILTER (WHERE is_member), count(*) FILTER (WHERE NOT is_member)
  FROM {whom} GROUP BY audience_id
"""

# Locks: the rows written (their shard is held).
_WRITE = f"""
WITH {{person}} written AS (
    INSERT INTO engine_membership AS membership (shard, profile_id, audience_id, is_member, changed_at)
    SELECT %(shard)s, profile_id, audience_id, is_member, %(now)s FROM ({{answers}}) AS answer
        ON CONFLICT (shard, profile_id, audience_id) DO UPDATE
       SET is_member = excluded.is_member, changed_at = excluded.changed_at
     WHERE membership.is_member <> excluded.is_member
    RETURNING profile_id, audience_id, is_member
), told AS ({_TELL.format(whom="written")})
{_COUNT.format(whom="written")}
"""

# The same where nobody was ever in these audiences, so that nothing is in the way: 3.8 million rows, and all that was
# asked for them, took 19.6 s instead of 22.6.
# Locks: the rows written (their shard is held).
_FILL = f"""
WITH answer AS MATERIALIZED ({_SEEN}), written AS (
    INSERT INTO engine_membership (shard, profile_id, audience_id, is_member, changed_at)
    SELECT %(shard)s, profile_id, audience_id, is_member, %(now)s FROM answer
), told AS ({_TELL.format(whom="answer")})
{_COUNT.format(whom="answer")}
"""

# What one look saw, until it is written down: the ids of the audiences that somebody entered, and those left, negative.
# A table of this connection alone.
_SEEN_TABLE = """
DROP TABLE IF EXISTS seen;
CREATE TEMP TABLE seen (shard smallint NOT NULL, profile_id bigint NOT NULL, moves bigint[] NOT NULL)
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
    is_streaming: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """How many entered and left."""

    entered: int = 0
    left: int = 0

    def __add__(self, other: "Difference") -> "Difference":
        return Difference(entered=self.entered + other.entered, left=self.left + other.left)


def look(
    connection: psycopg.Connection[Any],
    sandbox_id: int,
    shards: Sequence[int],
    questions: Sequence[Question],
    *,
    most: int | None = MOST_MOVED,
) -> tuple[dict[int, list[int]] | None, dict[int, str]]:
    """Who is not where they were, by shard, and which audiences could not be asked, and why. Nobody is held meanwhile.

    Whoever is found is asked again while their shard is held; whoever changes after this look is the business of what
    follows: of the turn that changes them, for a streaming audience, else of the next evaluation. None: more than
    `most`.
    """
    values = {"sandbox": sandbox_id, "shards": integers(shards)}

    def together(some: Sequence[Question]) -> list[tuple[int]]:
        whole = asked((one.audience, one.of_all) for one in some)
        statement = _moved(some, whole, columns="id") + ("" if most is None else f" LIMIT {most + 1}")
        with connection.transaction():
            return _run(connection, statement, {**whole.parameters, **values, **_known(some)}, LONGEST_LOOK).fetchall()

    answers, failed = _each(connection, questions, together)
    found = {id for rows in answers for (id,) in rows}
    if most is not None and len(found) > most:
        return None, failed
    by_shard: dict[int, list[int]] = defaultdict(list)
    for id in found:
        by_shard[shard_of(id)].append(id)
    return by_shard, failed


def see(
    connection: psycopg.Connection[Any], sandbox_id: int, shards: Sequence[int], questions: Sequence[Question]
) -> dict[int, str]:
    """Note who is not where they were, for `Comparing.write_seen`: for many, who are not asked twice.

    Which audiences could not be asked, and why. Nobody is held meanwhile, so what was seen may be out of date when it
    is written down. For a batch audience that is the moment it speaks of; a streaming one is looked at again.
    """
    values = {"sandbox": sandbox_id, "shards": integers(shards)}
    connection.execute(_SEEN_TABLE)

    def together(some: Sequence[Question]) -> None:
        whole = asked((one.audience, one.of_all) for one in some)
        moves = ", ".join(
            f"CASE WHEN c{id} = coalesce({id} = ANY (audiences), false) THEN NULL WHEN c{id} THEN {id} ELSE -{id} END"
            for id in (one.audience for one in some)
        )
        columns = f"(id %% {SHARDS})::smallint, id, array_remove(ARRAY[{moves}]::bigint[], NULL)"
        statement = f"INSERT INTO seen {_moved(some, whole, columns=columns)} ORDER BY 1, 2"
        with connection.transaction():
            _run(connection, statement, {**whole.parameters, **values, **_known(some)}, LONGEST_LOOK)

    failed = _each(connection, questions, together)[1]
    connection.execute("CREATE INDEX seen_of_shard ON seen (shard)")
    return failed


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
        self._values = {
            "sandbox": sandbox_id,
            "shard": shard,
            "shards": integers([shard]),
            "heard": integers(heard),
            "now": now,
            "at": now.isoformat(),
        }

    def ask(self, questions: Sequence[Question], people: Sequence[int]) -> tuple[dict[int, Difference], dict[int, str]]:
        """What changed of these people, by audience, and why others could not be asked."""
        answers, failed = _each(self._connection, questions, lambda some: self._together(some, people))
        return {id: difference for answer in answers for id, difference in answer.items()}, failed

    def write_seen(self, audiences: Collection[int]) -> dict[int, Difference]:
        """Write down what `see` saw of these audiences in this shard. What changed, by audience."""
        values = {**self._values, "audiences": integers(audiences)}
        is_written = self._connection.execute(query("audiences/is_written"), values).fetchone()
        return self._write(_WRITE.format(person="", answers=_SEEN) if is_written else _FILL, values)

    def _together(self, questions: Sequence[Question], people: Sequence[int]) -> dict[int, Difference]:
        whole = asked((one.audience, one.of_few) for one in questions)
        moved = _moved(questions, whole, columns="*", is_of_few=True)
        answers = ", ".join(f"({one.audience}::bigint, person.c{one.audience})" for one in questions)
        statement = _WRITE.format(person=f"person AS MATERIALIZED ({moved}),", answers=_ANSWERS.format(answers=answers))
        values = {**whole.parameters, **self._values, **_known(questions), "only": integers(people)}
        return self._write(statement, values)

    def _write(self, statement: str, values: Mapping[str, object]) -> dict[int, Difference]:
        with self._connection.transaction():
            rows = _run(self._connection, statement, values, LONGEST).fetchall()
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
) -> psycopg.Cursor[Any]:
    connection.execute(_SETTINGS, [str(round(longest.total_seconds() * 1000))])
    return connection.execute(statement.encode(), values)


def _said(error: psycopg.Error) -> str:
    if isinstance(error, psycopg.errors.QueryCanceled):
        return "It took too long over one part of the people. Ask for less."
    return f"The database refused it: {str(error).splitlines()[0][:300]}"
