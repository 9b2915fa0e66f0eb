-- Journeys in which people are due since before a moment, and the engine has not come to them: `each` of a shard are counted.
-- Locks: none.
-- Index: engine_instance_due.
SELECT due.sandbox_id, due.journey_id, count(*)
  FROM engine_shard AS shard
 CROSS JOIN LATERAL (
     SELECT instance.sandbox_id, instance.journey_id FROM engine_instance AS instance
      WHERE instance.shard = shard.id AND instance.ended_at IS NULL AND instance.wake_at <= %(since)s
      ORDER BY instance.wake_at LIMIT %(each)s
 ) AS due
 GROUP BY due.sandbox_id, due.journey_id;
