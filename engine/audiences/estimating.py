"""How many people a rule would be true of, before it is kept: over all of them, or over some and scaled."""

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg

from engine.audiences.ground import MEMBER, People
from engine.definition.audience import check_rule, problems_of, reads_of
from engine.errors import JourneyOptError
from engine.expressions.to_sql import Sql, joined, to_sql
from engine.problems import Problem
from engine.shards import SHARDS
from engine.store import connection as connections
from engine.store.arrays import integers
from engine.store.audiences import ids_of
from engine.store.queries import query
from engine.store.world import world_of

LONGEST = timedelta(seconds=2)
ENOUGH = 20_000  # people; up to so many all are asked
SAMPLE = 10

# Index: the primary key of engine_profile.
_COUNT = """
WITH found AS MATERIALIZED (
    SELECT profile.id, profile.attributes ->> 'email' AS email FROM engine_profile AS profile {joins}
     WHERE profile.shard = ANY (%(shards)s::smallint[]) AND profile.sandbox_id = %(sandbox)s
       AND profile.merged_into IS NULL AND {condition}
)
SELECT (SELECT count(*) FROM found), id, email, coalesce(
           (SELECT value FROM engine_identity WHERE profile_id = found.id ORDER BY namespace <> 'userId' LIMIT 1), '')
  FROM found LIMIT %(most)s
"""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """`margin`: the size is this much more or less, in 19 of 20 cases; 0 when everybody was asked.

    `people`: (profile id, an identity, e-mail) of some of those found.
    """

    size: int
    is_exact: bool
    margin: int = 0
    people: Sequence[tuple[int, str, str]] = field(default_factory=list)
    took: timedelta = timedelta(0)


class CannotEstimate(JourneyOptError):
    """The rule is wrong (`problems`), or the answer takes too long."""

    code = "audience.invalid"
    status = 422


def estimate(*, sandbox_id: int, rule: str, now: datetime, name: str = "") -> Estimate:
    """How many people the rule is true of. Up to 20,000 people all are asked.

    Of more, those of the first shards are: a person's shard is the remainder of an id, so each is a fair sample.
    `name`: the audience that the rule is of, if it is kept already.
    """
    began = time.monotonic()
    world = world_of(sandbox_id)
    problems: list[Problem] = list(problems_of(name, rule, world))
    if problems:
        raise CannotEstimate("The rule cannot be asked.", hint="Mend the problems listed.", problems=problems)
    checked = check_rule(rule, world)
    with connections.connect(autocommit=True, name="estimate") as connection:
        try:
            with connection.transaction():
                connection.execute("SET TRANSACTION READ ONLY")
                limit = str(round(LONGEST.total_seconds() * 1000))
                connection.execute("SELECT set_config('statement_timeout', %s, true)", [limit])
                shards = _shards_to_ask(connection, sandbox_id)
                ids = ids_of(sandbox_id)
                known = [ids[name] for name in reads_of(checked).audiences if name in ids]
                condition = to_sql(checked, People(ids), now=now, for_everybody=True)
                size, people = _count(connection, sandbox_id, condition, shards, known)
        except psycopg.errors.QueryCanceled as error:
            raise CannotEstimate(
                f"The estimate takes more than {LONGEST.total_seconds():.0f} s.",
                hint="The audience can be kept all the same; its evaluation will say its size.",
                code="audience.estimate_too_long",
            ) from error
    took = timedelta(seconds=time.monotonic() - began)
    share = len(shards) / SHARDS
    if share == 1:
        return Estimate(size=size, is_exact=True, people=people, took=took)
    # Each of the people found stands for 1 / share; the count of a sample scatters by its root.
    margin = math.ceil(1.96 * math.sqrt(max(size, 1) * (1 - share)) / share)
    return Estimate(size=round(size / share), is_exact=False, margin=margin, people=people, took=took)


def _shards_to_ask(connection: psycopg.Connection[Any], sandbox_id: int) -> list[int]:
    """All of them where there are few people, else the first ones."""
    values = {"sandbox": sandbox_id, "shard": 0, "most": ENOUGH}
    row = connection.execute(query("audiences/count_people"), values).fetchone()
    of_first = int(row[0]) if row else 0
    if of_first * SHARDS <= ENOUGH:
        return list(range(SHARDS))
    return list(range(max(1, min(SHARDS - 1, ENOUGH // of_first))))


def _count(
    connection: psycopg.Connection[Any], sandbox_id: int, condition: Sql, shards: list[int], known: Iterable[int]
) -> tuple[int, list[tuple[int, str, str]]]:
    statement = _COUNT.format(joins=joined(condition.joins) + MEMBER.format(alone=""), condition=f"({condition.text})")
    values = {
        **condition.parameters, "sandbox": sandbox_id, "shards": integers(shards), "known": integers(known),
        "most": SAMPLE,
    }  # fmt: skip
    rows = connection.execute(statement.encode(), values).fetchall()
    return (rows[0][0] if rows else 0), [(id, name, email or "") for _, id, email, name in rows]
