"""What a load balancer asks: does it live, and can it work."""

import pytest
from django.db import connection
from django.test import Client

from engine.api import health


@pytest.fixture(autouse=True)
def afresh(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)


def asked(path):
    answer = Client().get(path)
    return answer.status_code, answer.json()


def test_it_lives_whatever_the_database_does():
    assert asked("/healthz") == (200, {"status": "ok"})  # a test without a database: asking it would fail


@pytest.mark.django_db
def test_it_is_ready_when_the_database_answers_and_has_every_table():
    assert asked("/readyz") == (200, {"status": "ok", "problems": []})


@pytest.mark.django_db
def test_it_is_not_ready_while_migrations_wait():
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE name = (SELECT max(name) FROM django_migrations WHERE app = 'engine')"
        )

    status, said = asked("/readyz")

    assert (status, said["status"]) == (503, "not ready")
    assert [problem["code"] for problem in said["problems"]] == ["database.not_migrated"]


def test_it_is_not_ready_without_a_database_and_does_not_say_where_that_is(django_db_blocker, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", 9)
    with django_db_blocker.unblock():
        connection.close()
        status, said = asked("/readyz")
        connection.close()

    assert status == 503
    assert said["problems"] == [{"code": "database.unreachable", "message": "The database does not answer."}]
