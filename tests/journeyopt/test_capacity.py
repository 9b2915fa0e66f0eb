"""manage.py capacity: it measures with the real processes, in a database that is gone afterwards."""

import os
import re
import subprocess
import sys

import psycopg

from tests.processes import ROOT, database_url


def run(*arguments, **environment):
    command = [sys.executable, "manage.py", "capacity", *arguments]
    environment = {**os.environ, "DATABASE_URL": database_url(), **environment}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)


def test_every_part_is_measured_and_nothing_is_left(committed):
    done = run("--quick", "--workers", "1")

    assert done.returncode == 0, done.stderr
    figures = dict(re.findall(r"^  (\S.*?) {2,}(.*?) {3}", done.stdout, re.MULTILINE))
    assert list(figures) == ["events by HTTP", "people through a journey", "timers", "mails", "an action that is due"]
    rates = [float(re.search(r"[\d,]+", figure)[0].replace(",", "")) for figure in figures.values()]
    assert all(rate > 0 for rate in rates), figures
    with psycopg.connect(database_url()) as connection:
        left = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE '%\\_capacity'").fetchall()
    assert left == []


def test_a_role_that_may_make_no_database_is_told_so(committed):
    with psycopg.connect(database_url(), autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS capacity_nobody")
        connection.execute("CREATE ROLE capacity_nobody LOGIN")
        try:
            done = run("--quick", DATABASE_URL=re.sub("//[^@]*@", "//capacity_nobody:@", database_url()))
        finally:
            connection.execute("DROP ROLE capacity_nobody")

    assert done.returncode == 1
    assert "needs CREATEDB" in done.stderr
