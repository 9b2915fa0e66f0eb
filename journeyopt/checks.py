"""What is checked at every start with a database: that it can run what the engine asks of it."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

OLDEST = 16


@register(Tags.database)
def database_is_new_enough(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """PostgreSQL 16 or newer. Older ones lack what the queries use, and would fail in the middle of something."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        version = connections[alias].pg_version // 10_000  # type: ignore[attr-defined]
        if version < OLDEST:
            found.append(
                Error(
                    f"The database is PostgreSQL {version}; JourneyOpt needs {OLDEST} or newer.",
                    hint="Name another server in DATABASE_URL, or unset it for the embedded one.",
                    id="journeyopt.E001",
                )
            )
    return found
