-- Rows older than an hour become one row per hour, of writer 0: what is summed stays short.
-- Locks: the rows replaced. Only one roll-up runs at a time (an advisory lock).
-- Index: none; it reads the whole table, which it keeps short.
WITH turn AS (
    SELECT pg_try_advisory_xact_lock(hashtext('engine_counter roll-up')) AS is_ours
), old AS (
    DELETE FROM engine_counter
     USING turn
     WHERE turn.is_ours AND minute < date_trunc('hour', %(now)s::timestamptz) - interval '1 hour'
       AND NOT (writer = 0 AND minute = date_trunc('hour', minute))
    RETURNING version_id, node, port, metric, date_trunc('hour', minute) AS hour, value
)
INSERT INTO engine_counter AS counter (version_id, node, port, metric, minute, writer, value)
SELECT version_id, node, port, metric, hour, 0, sum(value) FROM old GROUP BY version_id, node, port, metric, hour
ON CONFLICT (version_id, node, port, metric, minute, writer) DO UPDATE SET value = counter.value + excluded.value;
