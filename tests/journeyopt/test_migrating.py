"""Making the tables, of one app after the other."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django_q.models import Schedule
from psycopg import sql

from tests.processes import database_url


@pytest.fixture
def empty_database(db):
    name = f"{connection.settings_dict['NAME']}_empty"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    here = database_url()
    with psycopg.connect(here, autocommit=True) as beside:
        beside.execute(drop)
        beside.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield here.replace(f"/{connection.settings_dict['NAME']}", f"/{name}")
        beside.execute(drop)


def test_the_apps_can_be_migrated_one_by_one_and_the_jobs_are_asked_for_in_the_end(empty_database):
    environment = {**os.environ, "DATABASE_URL": empty_database, "DJANGO_SETTINGS_MODULE": "journeyopt.settings"}

    for names in (["engine"], ["designer"], []):
        command = [sys.executable, "manage.py", "migrate", "-v", "0", *names]
        done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]

    with psycopg.connect(empty_database) as there:
        asked = {func for (func,) in there.execute("SELECT func FROM django_q_schedule")}
    assert asked == set(Schedule.objects.values_list("func", flat=True))
    assert {func.partition(".")[0] for func in asked} == {"engine", "designer"}
