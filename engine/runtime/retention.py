"""What is kept for how long. History goes by whole months (its partitions are dropped); the rest in small steps.

RETENTION_MONTHS months: events, step events, discards, ended instances, finished deliveries.
30 days: message ids, rejected events, caught mail.
7 days: what workers did and what waited, minute by minute.
90 days after they ended: readings of audiences, with their counts; the last one of each version stays. Alerts.
90 days: imports of lists, but for the last one of each.
"""

import logging
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from psycopg.errors import LockNotAvailable

from engine.models import OPEN_IMPORT, AudienceImport

log = logging.getLogger(__name__)

PARTITIONED = ("engine_event", "engine_step", "engine_discard")
MONTHS_AHEAD = 2
SHORT = timedelta(days=30)
READINGS = timedelta(days=90)
WORK = timedelta(days=7)
IMPORTS = timedelta(days=90)
AT_ONCE = 10_000  # rows deleted in one statement, so that none holds its locks for long
# For one table in one call; the next goes on. In an hour 8,000 events a second leave 29 million message ids to be
# forgotten: a million of them a second were.
LONGEST = 30.0
# A partition comes and goes under a lock that everybody who writes history waits for, while it waits for whoever reads:
# an audience may read for two minutes. So it waits for half a second only, and tries again.
PATIENCE, TRIES, PAUSE = "500ms", 10, 2.0

# Table -> which rows are over; each statement is an index scan or a small table. None of them has partitions: a row is
# deleted by where it lies, and in another partition another lies there.
_ANYWHERE = "sandbox_id = ANY (ARRAY(SELECT id FROM engine_sandbox))"  # their indexes begin with it
_OVER = {
    "engine_instance_over": "ended_at < %(long)s",
    "engine_delivery": f"{_ANYWHERE} AND created_at < %(long)s AND state NOT IN ('queued', 'sending')",
    "engine_assignment": "assigned_at < %(long)s",
    "engine_seen_message": "seen_at < %(short)s",
    "engine_rejectedevent": f"{_ANYWHERE} AND received_at < %(short)s",
    "engine_work": "minute < %(work)s",
    "engine_sample": "minute < %(work)s",
    "engine_alert": "resolved_at < %(readings)s",
    "engine_caughtmail": "received_at < %(short)s",
    "engine_readrun": "finished_at < %(readings)s AND EXISTS (SELECT FROM engine_readrun AS later "
    "WHERE later.version_id = engine_readrun.version_id AND later.due_at > engine_readrun.due_at)",
    "engine_read_count": "NOT EXISTS (SELECT FROM engine_readrun WHERE id = run_id)",
    # What came while its month had no partition.
    "engine_event_default": "received_at < %(long)s",
    "engine_step_default": "at < %(long)s",
    "engine_discard_default": "at < %(long)s",
}


def make_months(now: datetime) -> None:
    """Make the partitions of this month and the two that follow. A row without one lands in the default partition.

    A month of which there are rows in that stays there: PostgreSQL would have to move them while nobody writes.
    """
    for ahead in range(MONTHS_AHEAD + 1):
        month = _month(now.date(), ahead)
        try:
            _briefly("SELECT engine_make_month(%s)", [month])
        except IntegrityError:
            log.warning("%s began before its partitions were made: its history stays in the default ones", month)


def forget(now: datetime) -> dict[str, int]:
    """Drop what is over: {table: rows deleted, or partitions dropped}."""
    oldest = _month(now.date(), -settings.RETENTION_MONTHS)
    dropped = {table: _drop_partitions(table, oldest) for table in PARTITIONED}
    values = {"long": oldest, "short": now - SHORT, "readings": now - READINGS, "work": now - WORK, "most": AT_ONCE}
    deleted = {table: _delete(table, values) for table in _OVER}
    return {**dropped, **deleted, "engine_audienceimport": _forget_imports(now)}


def _forget_imports(now: datetime) -> int:
    """Imports go with what was wrong in their files."""
    later = AudienceImport.objects.filter(audience=OuterRef("audience"), pk__gt=OuterRef("pk"))
    over = AudienceImport.objects.filter(~Q(state__in=OPEN_IMPORT), Exists(later), created_at__lt=now - IMPORTS)
    ids = list(over.values_list("pk", flat=True)[:AT_ONCE])
    AudienceImport.objects.filter(pk__in=ids).delete()
    return len(ids)


def _month(day: date, ahead: int) -> date:
    """The first day of the month `ahead` months later."""
    months = day.year * 12 + day.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)


def _drop_partitions(table: str, oldest: date) -> int:
    """Drop the partitions of months before `oldest`; they are named <table>_y2026m03."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [table])
        keep = f"{table}_y{oldest:%Y}m{oldest:%m}"
        over = [name for (name,) in cursor.fetchall() if name.startswith(f"{table}_y") and name < keep]
    return sum(_briefly(f"DROP TABLE IF EXISTS {name}") for name in over)


def _briefly(statement: str, values: Sequence[Any] = ()) -> bool:
    """Carry out what needs a table for itself, without anybody waiting for long; whether it came to that."""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(PAUSE)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
                cursor.execute(statement, values)
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
        else:
            return True
    log.warning("The history was being read all the time: %s waits until the next time", statement)
    return False


def deletion(table: str) -> str:
    """The statement that forgets a step's worth of what is over in a table."""
    some = f"SELECT ctid FROM {table} WHERE {_OVER[table]} LIMIT %(most)s"
    return f"DELETE FROM {table} WHERE ctid = ANY (ARRAY({some}))"


def _delete(table: str, values: dict[str, Any]) -> int:
    deleted, until = 0, time.monotonic() + LONGEST
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(deletion(table), values)
            deleted += cursor.rowcount
            if cursor.rowcount < AT_ONCE:
                break
    return deleted
