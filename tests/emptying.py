"""Emptying the database after a test that committed: only the tables in which there is something.

In Django's way, TRUNCATE of all tables and what follows a migration, this took 120 ms; now it takes 6.
"""

from collections.abc import Sequence

from django.db import OperationalError, connection, transaction
from django_q.models import Schedule
from psycopg.errors import DeadlockDetected

from engine import clock

# What migrations put in. The engine's two go on as they are; the others no test changes.
KEPT = ["django_migrations", "django_content_type", "auth_permission", "engine_shard", "engine_catalogue"]

# First it waits for whoever is still reading or writing, as TRUNCATE would; then nobody adds to what it finds. A lock
# for writers only, made stronger later, is crossed by a reader who wants to write in between.
# Few rows are deleted: TRUNCATE makes new files for a table and each of its indexes. It is for what has grown, for what
# may not be deleted from, and not for what others refer to: it would insist on emptying those, too.
EMPTY = """
DO $$
DECLARE
    every text[] := (
        SELECT array_agg(oid::regclass::text) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relname = ANY (%(kept)s)
    );
    refusing oid[] := (SELECT array_agg(tgrelid) FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 8 = 8); -- DELETE
    referred_to oid[] := (SELECT array_agg(confrelid) FROM pg_constraint WHERE contype = 'f');
    name text;
    is_any boolean;
BEGIN
    EXECUTE 'LOCK TABLE ' || array_to_string(every, ', ') || ' IN ACCESS EXCLUSIVE MODE';
    FOREACH name IN ARRAY every LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %%s)', name) INTO is_any;
        IF NOT is_any THEN
            CONTINUE;
        ELSIF name::regclass = ANY (refusing)
            OR pg_total_relation_size(name::regclass) > 2^20 AND NOT name::regclass = ANY (referred_to)
        THEN
            EXECUTE 'TRUNCATE ' || name;
        ELSE
            EXECUTE 'DELETE FROM ' || name;
        END IF;
    END LOOP;
END $$
"""


def empty(schedules: Sequence[Schedule]) -> None:
    """Leave nothing but what migrations put in, and `schedules`, due now."""
    for schedule in schedules:
        schedule.next_run = clock.now()
    for again in (True, True, False):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(EMPTY, {"kept": KEPT})
                Schedule.objects.bulk_create(schedules)
            return
        except OperationalError as error:
            # With three who wait for each other, it can be this one that PostgreSQL chooses to stop.
            if not (again and isinstance(error.__cause__, DeadlockDetected)):
                raise
