-- The ports of a shard at which people wait for events alone.
-- Locks: none.
-- Index: engine_instance_due.
SELECT version_id, node, port, count(*)
  FROM engine_instance
 WHERE shard = %(shard)s AND ended_at IS NULL AND wake_at IS NOT NULL AND state = 'active' AND port IS NOT NULL
   AND (timers IS NULL OR timers = '{}')
 GROUP BY version_id, node, port;
