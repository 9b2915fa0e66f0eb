"""People, events and journeys for measuring, made by the database: a sandbox to itself, everything in it invented."""

from typing import Any

from django.db import connection, transaction

from engine import clock, control
from engine.models import EventDefinition, Sandbox
from engine.runtime.worker import Worker

FAR = 10**12  # beyond the ids that the engine gives
Graph = dict[str, Any]


def sql(text: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run one statement; its rows, if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(text, values or None)
        return cursor.fetchall() if cursor.description else []


def settle() -> None:
    """Let no measurement pay for the one before: statistics fresh, dirty pages written."""
    sql("VACUUM ANALYZE")
    sql("CHECKPOINT")


def define(sandbox: Sandbox, name: str = "Order") -> None:
    """Track calls of this name are events."""
    rule = f'@event{{{name}.event}} == "{name}"'
    EventDefinition.objects.create(sandbox=sandbox, name=name, rule=rule, namespace="userId")
    control.changed()


def deploy(sandbox: Sandbox, drawn: Graph, *, version: int = 1) -> None:
    """Publish a journey of its own."""
    with transaction.atomic():
        control.deploy(
            version_id=version, sandbox_id=sandbox.pk, journey_id=version, journey_name="Bench", number="1.0",
            graph=drawn, properties={}, by="bench", now=clock.now(),
        )  # fmt: skip


def people(sandbox: Sandbox, count: int) -> None:
    """Profiles 1…count with a user id each (u1, u2, …) and an address, ready made."""
    sql(
        "INSERT INTO engine_profile (shard, id, sandbox_id, attributes, created_at, updated_at) "
        "SELECT id %% 64, id, %s, "
        "jsonb_build_object('email', 'u' || id || '@example.org', 'plan', 'free'), now(), now() "
        "FROM generate_series(1, %s) AS id",
        sandbox.pk, count,
    )  # fmt: skip
    sql(
        "INSERT INTO engine_identity (sandbox_id, namespace, value, profile_id, created_at) "
        "SELECT %s, 'userId', 'u' || id, id, now() FROM generate_series(1, %s) AS id",
        sandbox.pk, count,
    )  # fmt: skip
    sql("SELECT setval('engine_profile_id', %s)", count)


def events(sandbox: Sandbox, count: int, *, name: str = "Order") -> None:
    """One track event of every person, in the inbox as the door puts it there."""
    sql(
        """
        INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at)
        SELECT id %% 64, %s, id, 'event', json_build_object(
                   'n', %s::text, 'm', %s::text || id, 't', now(), 'p', json_build_object(
                       '_id', 'm' || id, 'type', 'track', 'timestamp', now(), 'userId', 'u' || id, 'anonymousId', null,
                       'properties', json_build_object('total', id %% 200, 'currency', 'EUR', 'items', 3, 'at', 0),
                       'traits', json_build_object(), 'context', json_build_object('library', 'bench'),
                       'event', %s::text)),
               now()
          FROM generate_series(1, %s) AS id
        """,
        sandbox.pk, name, name, name, count,
    )  # fmt: skip


def led(sandbox: Sandbox, event: str) -> str:
    """Where the engine leads somebody after an event of this name, as JSON; the person is out again."""
    events(sandbox, 1, name=event)
    Worker(limit=10).run_until_idle()
    ((row,),) = sql("DELETE FROM engine_instance WHERE ended_at IS NULL RETURNING to_jsonb(engine_instance)::text")
    return str(row)


def people_wait(row: str, count: int, *, event: str, due: str, first: int = 1) -> None:
    """So many stand where `led` saw somebody stand; profiles with their ids are there.

    `due`: SQL of the moment to which each waits, of `number`, which counts from `first`; it stands in the event as
    `at`, in seconds, as well.
    """
    at = f"'{{events,{event},properties,at}}', to_jsonb(extract(epoch FROM {due}))"
    sql(
        "INSERT INTO engine_instance (shard, id, profile_id, key, timers, wake_at, sandbox_id, journey_id, version_id, "
        "state, node, port, visit, entered_at, moved_at, expires_at, context) "
        f"SELECT number %% 64, number + {FAR} * led.version_id, number, 'u' || number, "
        f"(SELECT jsonb_object_agg(name, {due}) FROM jsonb_object_keys(led.timers) AS name), {due}, led.sandbox_id, "
        "led.journey_id, led.version_id, led.state, led.node, led.port, led.visit, led.entered_at, led.moved_at, "
        f"led.expires_at, jsonb_set(led.context, {at}) "
        "FROM jsonb_populate_record(NULL::engine_instance, %s::jsonb) AS led, "
        "generate_series(%s::bigint, %s) AS number",
        row, first, first + count - 1,
    )  # fmt: skip
