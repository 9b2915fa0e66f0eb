"""What was measured, as a table: printed, and appended to results.md with the machine and the date."""

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.ground import ROOT

FILE = Path(__file__).parent / "results.md"
LOAD = os.getloadavg()[0]  # when this run began


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One measurement: what, how much of it, and the figure DESIGN asks for."""

    what: str
    figure: str
    budget: str = ""
    size: str = ""


def table(rows: list[Row]) -> str:
    lines = ["| what | measured | budget | size |", "|---|---|---|---|"]
    return "\n".join(lines + [f"| {row.what} | {row.figure} | {row.budget} | {row.size} |" for row in rows])


def append(rows: list[Row], *, quick: bool) -> None:
    """Add this run to the file, with everything one needs to compare it with another."""
    head = f"## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC{' (quick)' if quick else ''}"
    with FILE.open("a") as file:
        file.write(f"\n{head}\n\n{machine()}\n\n{table(rows)}\n")


def machine() -> str:
    """The machine and the software that the figures depend on."""
    import psycopg
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0]
    load = os.getloadavg()[0]
    return (
        f"{_processor()}, {os.cpu_count()} cores, load {load:.1f} at the end; Python {platform.python_version()}, "
        f"PostgreSQL {postgres}, psycopg {psycopg.__version__}; commit {_commit()}"
    )


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _commit() -> str:
    """Which one was measured; whether it was changed since, but for the results of the runs before."""
    commit = _git("describe", "--always")
    changed = _git(
        "status", "--porcelain", "--untracked-files=no", "--", ":/", f":(exclude,top){FILE.relative_to(ROOT)}"
    )
    return (commit or "unknown") + ("-dirty" if changed else "")


def _git(*arguments: str) -> str:
    asked = ["git", *arguments]
    return subprocess.run(asked, capture_output=True, text=True, check=False, cwd=ROOT).stdout.strip()
