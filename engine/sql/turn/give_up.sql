-- End one instance in error that cannot be read, with the counts of its version: nobody knows which nodes it was counted at.
-- Locks: the instance written (its shard is held), the counters of this writer.
-- Index: the primary key of engine_instance_inside.
WITH ended AS (
    UPDATE engine_instance
       SET state = 'error', ended_at = %(now)s, moved_at = %(now)s, timers = NULL, context = '{}'
     WHERE shard = %(shard)s AND id = %(id)s AND ended_at IS NULL
    RETURNING version_id
)
INSERT INTO engine_counter AS counter (version_id, node, port, metric, minute, writer, value)
SELECT version_id, '', '', metric, date_trunc('minute', %(now)s::timestamptz), %(writer)s, 1
  FROM ended CROSS JOIN (VALUES ('ended'), ('error')) AS counted (metric)
ON CONFLICT (version_id, node, port, metric, minute, writer) DO UPDATE SET value = counter.value + 1;
