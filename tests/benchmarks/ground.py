"""The ground that benchmarks stand on: a database of their own, empty at the start, and one sandbox in it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

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


def empty() -> "Sandbox":
    """Nobody, nothing published, one sandbox."""
    from designer.models import Journey
    from engine import control
    from engine.models import Sandbox
    from journeyopt.capacity.invented import sql
    from tests.conftest import PEOPLE

    sql(f"TRUNCATE {PEOPLE}, engine_work")
    Journey.objects.all().delete()  # they protect their sandbox
    Sandbox.objects.all().delete()
    control.changed()
    return Sandbox.objects.create(name="bench", title="Bench", kind="production")
