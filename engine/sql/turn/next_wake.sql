-- When the next person is to be woken; null when nobody waits.
-- Index: engine_instance_due, one probe per shard.
SELECT min(first.wake_at)
  FROM engine_shard AS shard
 CROSS JOIN LATERAL (
     SELECT instance.wake_at FROM engine_instance AS instance
      WHERE instance.shard = shard.id AND instance.ended_at IS NULL AND instance.wake_at IS NOT NULL
      ORDER BY instance.wake_at LIMIT 1
 ) AS first;
