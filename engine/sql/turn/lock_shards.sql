-- Lock free shards that have work, beginning at `first` so that none is starved.
-- Locks: rows of engine_shard; one that another worker holds is skipped, never waited for.
-- Index: the primary key of engine_inbox, and engine_instance_due.
SELECT shard.id
  FROM engine_shard AS shard
 WHERE (EXISTS (SELECT FROM engine_inbox AS item WHERE item.shard = shard.id)
        OR EXISTS (SELECT FROM engine_instance AS instance
                    WHERE instance.shard = shard.id AND instance.ended_at IS NULL AND instance.wake_at <= %(now)s))
   AND (%(only)s::smallint[] IS NULL OR shard.id = ANY (%(only)s::smallint[]))
 ORDER BY (shard.id - %(first)s + 64) %% 64
 LIMIT %(most)s
   FOR UPDATE OF shard SKIP LOCKED;
