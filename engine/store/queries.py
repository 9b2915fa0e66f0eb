"""The SQL of the engine: one query per file below engine/sql, known by its path."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "sql"


@cache
def query(name: str) -> bytes:
    """The text of engine/sql/<name>.sql, without its header: PostgreSQL need not read that again on every call."""
    lines = (FOLDER / f"{name}.sql").read_text().splitlines()
    return "\n".join(line for line in lines if not line.startswith("--")).encode()
