"""Connections of the engine's own, beside Django's: psycopg as it is, JSON by orjson, one place for their settings."""

from typing import Any

import orjson
import psycopg
from django.db import connections
from psycopg.types.json import set_json_dumps, set_json_loads

set_json_loads(orjson.loads)
set_json_dumps(lambda value: orjson.dumps(value).decode())


def parameters() -> dict[str, Any]:
    """What psycopg needs to reach the database that Django uses; in a test, the test's own."""
    found: dict[str, Any] = connections["default"].get_connection_params()
    return {key: value for key, value in found.items() if key not in ("cursor_factory", "context")}


def connect(*, autocommit: bool = False, name: str = "engine") -> psycopg.Connection[Any]:
    """A connection for a worker. Statements are prepared on first use; times come back in UTC."""
    return psycopg.connect(
        **parameters(), autocommit=autocommit, prepare_threshold=1, application_name=f"journeyopt {name}",
        options="-c timezone=UTC",
    )  # fmt: skip


async def connect_async(*, autocommit: bool = False, name: str = "engine") -> psycopg.AsyncConnection[Any]:
    return await psycopg.AsyncConnection.connect(
        **parameters(), autocommit=autocommit, prepare_threshold=1, application_name=f"journeyopt {name}",
        options="-c timezone=UTC",
    )  # fmt: skip
