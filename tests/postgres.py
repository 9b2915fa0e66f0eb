"""A PostgreSQL for the tests: the embedded one with a data folder of its own, unless DATABASE_URL names another.

A pytest plugin (see pyproject.toml), because it must run before Django reads its settings.
"""

import os
from pathlib import Path

import psycopg

os.environ.setdefault("VAR_DIR", str(Path(__file__).resolve().parent.parent / "var" / "test"))

from journeyopt import embedded_postgres

embedded_postgres.ensure_if_embedded()

if embedded_postgres.is_wanted():
    # A test's data need not outlive a power cut; without this, emptying the tables takes most of a test's time.
    with psycopg.connect(embedded_postgres.url(), autocommit=True) as _connection:
        _connection.execute("ALTER SYSTEM SET fsync = off")
        _connection.execute("SELECT pg_reload_conf()")
