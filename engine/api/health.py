"""Whether the server lives, and whether it can work: for load balancers and supervisors. Nobody logs in for these."""

import logging
from collections.abc import Iterator

import psycopg
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from engine.ingest import room

log = logging.getLogger(__name__)

_migrated = False  # once they are, they stay: looking takes 20 ms


@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; it asks nobody. Restart it when it does not."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when requests can be served, else 503 with every reason: {"status", "problems": [{"code", "message"}]}."""
    problems = list(_problems())
    status = "not ready" if problems else "ok"
    return JsonResponse({"status": status, "problems": problems}, status=503 if problems else 200)


def _problems() -> Iterator[dict[str, str]]:
    global _migrated
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery()")
            if cursor.fetchone() == (True,):
                yield {"code": "database.read_only", "message": "The database is a standby: nothing can be written."}
                return
        if not _migrated:
            executor = MigrationExecutor(connection)
            waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
            if waiting:
                yield {
                    "code": "database.not_migrated",
                    "message": f"{len(waiting)} migrations wait: manage.py migrate.",
                }
                return
            _migrated = True
        if room.is_full and not _has_room():
            yield {"code": "database.full", "message": "The database has no room left: nothing can be written."}
    except DatabaseError as error:  # whoever asks did not log in: where the database is, the log alone says
        log.warning("the database does not answer: %s", error)
        yield {"code": "database.unreachable", "message": "The database does not answer."}


def _has_room() -> bool:
    """Try: what is written is forgotten at once."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE engine_room ON COMMIT DROP AS SELECT repeat('x', 1000) FROM generate_series(1, 1000)"
            )
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.DiskFull):
            return False
        raise
    room.is_full = False
    return True
