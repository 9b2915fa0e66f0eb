"""Queries straight to libpq. One costs us 6 us; with psycopg's cursors it is 25, and 64 with its COPY.

For those that answer with one row of few columns: each process that takes events in sends some for every few requests.
"""

import re
from functools import cache
from typing import Any

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from engine.store.queries import query

_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class Straight:
    """A connection, and which queries are prepared on it.

    psycopg prepares nothing on it: it would forget all that is prepared, ours too, after a rollback.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        connection.prepare_threshold = None
        self.connection = connection
        self._prepared: set[str] = set()

    def ask(self, name: str, **values: str) -> list[bytes | None]:
        """The first row of engine/sql/<name>.sql, as PostgreSQL writes it. Other threads run while it waits."""
        text, order = _numbered(name)
        if name not in self._prepared:
            self._checked(self.connection.pgconn.prepare(name.encode(), text))
            self._prepared.add(name)
        columns = [values[column].encode() for column in order]
        found = self._checked(self.connection.pgconn.exec_prepared(name.encode(), columns))
        return [found.get_value(0, column) for column in range(found.nfields)]

    def _checked(self, found: PGresult) -> PGresult:
        if found.status in _GOOD:
            return found
        if self.connection.closed:
            raise psycopg.OperationalError(found.get_error_message())  # it has no code by which to know it
        error = error_from_result(found)
        if isinstance(error, psycopg.errors.InvalidSqlStatementName):
            raise psycopg.OperationalError("Somebody forgot what was prepared; use another connection.") from error
        raise error


@cache
def _numbered(name: str) -> tuple[bytes, list[str]]:
    """A query with its parameters as libpq has them, $1, $2, …; and their names."""
    order: list[str] = []

    def number(found: re.Match[bytes]) -> bytes:
        column = found[1].decode()
        if column not in order:
            order.append(column)
        return b"$%d" % (order.index(column) + 1)

    text = re.sub(rb"%\((\w+)\)s", number, query(name))
    return text.replace(b"%%", b"%"), order
