"""COPY in text form, fast: rows are written as bytes by us, in one go.

psycopg's own row writer takes about 1 µs a field; formatting whole rows ourselves takes a third of that.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
import psycopg

NULL = "\\N"


def text(value: str) -> str:
    """Any text as a COPY field."""
    if "\\" in value or "\t" in value or "\n" in value or "\r" in value:
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return value


def json(value: Any) -> str:
    """A JSON value as a COPY field. orjson writes no raw control characters, so only backslashes need care."""
    found = orjson.dumps(value).decode()
    return found.replace("\\", "\\\\") if "\\" in found else found


@lru_cache(4_096)  # most moments of a turn are its "now"
def moment(value: datetime | None) -> str:
    """A moment as a COPY field."""
    return NULL if value is None else value.isoformat()


def copy_into(connection: psycopg.Connection[Any], table: str, columns: str, rows: Iterable[str]) -> None:
    """COPY lines (tab-separated fields, without their line end) into `table`."""
    block = "\n".join(rows)
    if not block:
        return
    with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
        copy.write(block.encode() + b"\n")
