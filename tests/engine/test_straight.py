"""Queries straight to libpq: what comes back, and what is raised."""

import psycopg
import pytest

from engine import clock
from engine.store import connection as connections
from engine.store.arrays import texts
from engine.store.straight import Straight

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def database():
    with connections.connect(autocommit=True, name="test") as connection:
        yield Straight(connection)


def asked(database: Straight, *values: str) -> list[bytes | None]:
    many = ",".join(["1"] * len(values))
    names = texts(["userId"] * len(values))
    return database.ask("people/owners", sandboxes=f"{{{many}}}", namespaces=names, values=texts(values))


@pytest.mark.parametrize("value", ["ana", 'an"a', "an\\a", "a,{}b", "NULL", " ", "ana\n\té", "'; --"])
def test_a_text_arrives_as_it_is(database, value):
    with database.connection.transaction(force_rollback=True):
        database.connection.execute(
            "INSERT INTO engine_identity (sandbox_id, namespace, value, profile_id, created_at) "
            "VALUES (1, 'userId', %s, 7, %s)",
            [value, clock.now()],
        )

        found = asked(database, "nobody", value, f"{value}!")

    assert found == [b"{NULL,7,NULL}"]
    assert asked(database) == [None]


def test_a_text_with_a_nul_character_is_refused():
    with pytest.raises(ValueError, match="NUL"):
        texts(["a\0b"])


def test_what_postgresql_refuses_is_raised_and_the_connection_goes_on(database):
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        database.ask("people/owners", sandboxes="{x}", namespaces="{userId}", values="{ana}")

    assert asked(database, "ana") == [b"{NULL}"]


@pytest.mark.parametrize("is_prepared", [True, False])
def test_a_connection_that_is_gone_is_no_fault_of_what_was_asked(database, is_prepared):
    if is_prepared:
        asked(database, "ana")
    with connections.connect(autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [database.connection.info.backend_pid])

    for _ in range(2):
        with pytest.raises(psycopg.OperationalError):
            asked(database, "ana")
    assert database.connection.closed


def test_when_somebody_forgot_what_was_prepared_another_connection_is_asked_for(database):
    asked(database, "ana")
    database.connection.execute("DEALLOCATE ALL")

    with pytest.raises(psycopg.OperationalError, match="another connection"):
        asked(database, "ana")
