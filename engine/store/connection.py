"""Connections of the engine's own, beside Django's: psycopg as it is, JSON by orjson, one place for their settings."""

from typing import Any

import orjson
import psycopg
from django.db import connections
from psycopg.types.json import set_json_dumps, set_json_loads

set_json_loads(orjson.loads)
set_json_dumps(lambda value: orjson.dumps(value).decode())

_REACHING = (
    *("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey"),
    *("connect_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"),
)


def parameters(name: str) -> dict[str, Any]:
    """What psycopg needs to reach the database that Django uses (in a test, the test's own).

    Statements are prepared on first use; times come back in UTC.
    """
    found = connections["default"].get_connection_params()
    return {
        **{key: found[key] for key in _REACHING if found.get(key)},
        "prepare_threshold": 1,
        "application_name": f"journeyopt {name}",
        "options": "-c timezone=UTC",
    }


def connect(*, autocommit: bool = False, name: str = "engine") -> psycopg.Connection[Any]:
    return psycopg.connect(**parameters(name), autocommit=autocommit)


async def connect_async(*, autocommit: bool = False, name: str = "engine") -> psycopg.AsyncConnection[Any]:
    return await psycopg.AsyncConnection.connect(**parameters(name), autocommit=autocommit)
