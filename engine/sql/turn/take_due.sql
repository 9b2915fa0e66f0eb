-- Who is to be woken in the locked shards: the longest due first, `each` per shard.
-- Locks: none (the shards are held).
-- Index: engine_instance_due.
SELECT due.id, due.shard, due.sandbox_id, due.profile_id, due.wake_at
  FROM unnest(%(shards)s::smallint[]) AS held (shard)
 CROSS JOIN LATERAL (
     SELECT * FROM engine_instance AS instance
      WHERE instance.shard = held.shard AND instance.ended_at IS NULL AND instance.wake_at <= %(now)s
      ORDER BY instance.wake_at LIMIT %(each)s
 ) AS due;
