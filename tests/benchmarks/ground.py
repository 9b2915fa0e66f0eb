"""The ground that benchmarks stand on: a database of their own, empty at the start, and one sandbox in it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.models import Sandbox

ROOT = Path(__file__).resolve().parents[2]
NAME = "journeyopt_benchmarks"


def prepare() -> None:
    """Make the database anew and set Django up on it. Call this before anything of Django is imported.

    With DATABASE_URL: a database beside the one named there. Without: an embedded PostgreSQL in var/benchmarks.
    """
    import psycopg

    from journeyopt import embedded_postgres

    os.environ["DJANGO_SETTINGS_MODULE"] = "journeyopt.settings"
    os.environ["VAR_DIR"] = str(ROOT / "var" / "benchmarks")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    embedded_postgres.ensure_if_embedded()
    given = os.environ.get("DATABASE_URL") or embedded_postgres.url()
    base, _, options = given.partition("?")
    beside = f"{base.rpartition('/')[0]}/{NAME}{'?' if options else ''}{options}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {NAME}")
    os.environ["DATABASE_URL"] = beside

    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def sql(text: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run one statement; its rows, if it has any."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(text, values or None)
        return cursor.fetchall() if cursor.description else []


def empty() -> "Sandbox":
    """Nobody, nothing published, one sandbox."""
    from designer.models import Journey
    from engine import control
    from engine.models import Sandbox
    from tests.conftest import PEOPLE

    sql(f"TRUNCATE {PEOPLE}, engine_work")
    Journey.objects.all().delete()  # they protect their sandbox
    Sandbox.objects.all().delete()
    control.changed()
    return Sandbox.objects.create(name="bench", title="Bench", kind="production")


def settle() -> None:
    """Let no measurement pay for the one before: statistics fresh, dirty pages written."""
    sql("VACUUM ANALYZE")
    sql("CHECKPOINT")


def people(sandbox: "Sandbox", count: int) -> None:
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


def events(sandbox: "Sandbox", count: int, *, name: str = "Order") -> None:
    """One track event of every person, in the inbox as the door puts it there."""
    sql(
        """
        INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at)
        SELECT id %% 64, %s, id, 'event', json_build_object(
                   'n', %s::text, 'm', 'm' || id, 't', now(), 'p', json_build_object(
                       '_id', 'm' || id, 'type', 'track', 'timestamp', now(), 'userId', 'u' || id, 'anonymousId', null,
                       'properties', json_build_object('total', id %% 200, 'currency', 'EUR', 'items', 3),
                       'traits', json_build_object(), 'context', json_build_object('library', 'bench'),
                       'event', %s::text)),
               now()
          FROM generate_series(1, %s) AS id
        """,
        sandbox.pk, name, name, count,
    )  # fmt: skip
