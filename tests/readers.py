"""What tests of read audiences need: people in an audience, and a journey that reads it."""

from datetime import datetime
from typing import Any

from django.db import connection

from engine import clock
from engine.models import Audience
from tests.cast import Graph, Shop, graph, node


def makes_people(shop: Shop, count: int, *, first: int = 1) -> list[int]:
    """So many profiles, known as userId p1, p2, ...; their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH made AS (INSERT INTO engine_profile (shard, id, sandbox_id, attributes, created_at, updated_at) "
            "SELECT id %% 64, id, %s, '{}', %s, %s "
            "FROM (SELECT nextval('engine_profile_id') AS id FROM generate_series(1, %s)) AS new RETURNING id), "
            "numbered AS (SELECT id, %s - 1 + row_number() OVER (ORDER BY id) AS number FROM made) "
            "INSERT INTO engine_identity (sandbox_id, namespace, value, profile_id, created_at) "
            "SELECT %s, 'userId', 'p' || number, id, %s FROM numbered RETURNING profile_id",
            [shop.sandbox.pk, clock.now(), clock.now(), count, first, shop.sandbox.pk, clock.now()],
        )
        return sorted(id for (id,) in cursor.fetchall())


def makes_audience(shop: Shop, people: list[int], name: str = "Buyers", **fields: Any) -> Audience:
    """An audience that was evaluated now, with these people in it."""
    now = clock.now()
    made = Audience.objects.create(
        sandbox=shop.sandbox, name=name, created_at=now, updated_at=now,
        **{"kind": "rule", "rule": "true", "evaluated_at": now, "size": len(people), **fields},
    )  # fmt: skip
    joins(made, people)
    return made


def joins(audience: Audience, people: list[int], at: datetime | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO engine_membership (shard, profile_id, audience_id, is_member, changed_at) "
            "SELECT id %% 64, id, %s, true, %s FROM unnest(%s::bigint[]) AS id",
            [audience.pk, at or clock.now(), people],
        )


def reading_graph(*more: Any, lines: tuple[str, ...] = (), **settings: Any) -> Graph:
    """A journey that reads the audience, and what comes behind it."""
    begins = node("read-audience-1", **{"audience": "Buyers", "namespace": "userId", **settings})
    return graph([begins, *more], *lines)
