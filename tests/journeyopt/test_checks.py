"""A database that is too old is refused at the start, with the way out."""

import pytest
from django.db import connection

from journeyopt import checks


@pytest.mark.django_db
def test_the_database_of_the_tests_is_new_enough():
    assert checks.database_is_new_enough(databases=["default"]) == []


@pytest.mark.django_db
def test_an_older_one_is_refused_with_the_way_out(monkeypatch):
    monkeypatch.setattr(checks, "OLDEST", connection.pg_version // 10_000 + 1)

    (error,) = checks.database_is_new_enough(databases=["default"])

    assert error.id == "journeyopt.E001"
    assert "DATABASE_URL" in error.hint
