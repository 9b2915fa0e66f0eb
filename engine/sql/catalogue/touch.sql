-- Tell every worker that definitions changed. Called in the transaction that changes them.
-- Locks: the one row of engine_catalogue.
WITH touched AS (UPDATE engine_catalogue SET revision = revision + 1 RETURNING revision)
SELECT pg_notify('engine_work', 'catalogue') FROM touched;
