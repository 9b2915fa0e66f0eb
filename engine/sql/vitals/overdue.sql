-- How many moments of people have come and are not dealt with, counted up to `each` of a shard, and the earliest.
-- Index: engine_instance_due.
SELECT count(*), min(due.wake_at)
  FROM engine_shard AS shard
 CROSS JOIN LATERAL (
     SELECT instance.wake_at FROM engine_instance AS instance
      WHERE instance.shard = shard.id AND instance.ended_at IS NULL AND instance.wake_at <= %(now)s
      ORDER BY instance.wake_at LIMIT %(each)s
 ) AS due;
