"""The people of one shard, asked by several rules in one pass, and what differs from who was in written down."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from engine.audiences.compiling import asked
from engine.audiences.ground import MEMBER
from engine.expressions.to_sql import Sql
from engine.store.arrays import integers
from engine.store.queries import query

LONGEST = timedelta(seconds=30)  # that one statement may hold a shard

# Locks: the rows written (their shard is held). Index: the primary keys of engine_profile and engine_membership.
_COMPARE = """
WITH person AS MATERIALIZED (
    SELECT * FROM (  -- most people are where they were: whoever differs is looked at rule by rule
        SELECT profile.id, member.audiences, {columns}
          FROM engine_profile AS profile {joins}
         WHERE profile.shard = ANY (%(shards)s::smallint[]) AND profile.sandbox_id = %(sandbox)s
           AND profile.merged_into IS NULL {alone} OFFSET 0
    ) AS person WHERE {differs}
), written AS (
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
    """A rule that is asked. `only`: of these people, by shard; None: of everybody."""

    audience: int
    condition: Sql
    reads: frozenset[int] = frozenset()  # the audiences that it asks about
    only: Mapping[int, Sequence[int]] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """How many entered and left."""

    entered: int = 0
    left: int = 0


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

    def ask(self, questions: Sequence[Question]) -> tuple[dict[int, Difference], dict[int, str]]:
        """What changed, by audience, and why others could not be asked.

        They are asked all at once; when that fails, each alone, so that one never stands in the way of another.
        """
        found: dict[int, Difference] = {}
        failed: dict[int, str] = {}
        everybody = [question for question in questions if question.only is None]
        some = [question for question in questions if question.only and question.only.get(self._shard)]
        for group in (everybody, some):
            if not group:
                continue
            try:
                found |= self._together(group)
            except psycopg.Error as error:
                if self._connection.broken or self._connection.closed:
                    raise
                for one in group if len(group) > 1 else ():
                    try:
                        found |= self._together([one])
                    except psycopg.Error as reason:
                        if self._connection.broken or self._connection.closed:
                            raise
                        failed[one.audience] = _said(reason)
                if len(group) == 1:
                    failed[group[0].audience] = _said(error)
        return found, failed

    def forget_strangers(self, audiences: Collection[int]) -> None:
        """Memberships of people who are no more."""
        values = {"shard": self._shard, "audiences": integers(audiences)}
        self._connection.execute(query("audiences/forget_strangers"), values)

    def sizes(self, audiences: Collection[int]) -> dict[int, int]:
        """How many of this shard are in each."""
        values = {"shard": self._shard, "audiences": integers(audiences)}
        return dict(self._connection.execute(query("audiences/sizes"), values).fetchall())

    def _together(self, questions: Sequence[Question]) -> dict[int, Difference]:
        """Ask all of these of the same people: of everybody, or of those that are named."""
        only = [question.only[self._shard] for question in questions if question.only is not None]
        whole = asked((question.audience, question.condition) for question in questions)
        statement = _COMPARE.format(
            columns=whole.columns,
            joins=whole.joins + MEMBER.format(alone="AND profile_id = ANY (%(only)s::bigint[])" if only else ""),
            differs=" OR ".join(f"{_was_in(one)} <> c{one.audience}" for one in questions),
            answers=", ".join(f"({one.audience}::bigint, person.c{one.audience})" for one in questions),
            alone="AND profile.id = ANY (%(only)s::bigint[])" if only else "",
        )
        known = {one.audience for one in questions}.union(*(one.reads for one in questions))
        values = {**whole.parameters, **self._values, "known": integers(known)}
        if only:
            values["only"] = integers({id for ids in only for id in ids})
        with self._connection.transaction():
            limit = str(round(LONGEST.total_seconds() * 1000))
            self._connection.execute(_SETTINGS, [limit])
            rows = self._connection.execute(statement.encode(), values).fetchall()
            self._connection.execute("SELECT set_config('statement_timeout', '0', true)")
        return {audience: Difference(entered=entered, left=left) for audience, entered, left in rows}


def _was_in(question: Question) -> str:
    return f"coalesce({question.audience} = ANY (audiences), false)"


def _said(error: psycopg.Error) -> str:
    if isinstance(error, psycopg.errors.QueryCanceled):
        return f"It took more than {LONGEST.total_seconds():.0f} s over one part of the people. Ask for less."
    return f"The database refused it: {str(error).splitlines()[0][:300]}"
