-- The oldest inbox items of the locked shards, `each` per shard, in their order.
-- Locks: none (the shards are held).
-- Index: the primary key of engine_inbox.
SELECT item.id, item.shard, item.sandbox_id, item.profile_id, item.kind, item.payload, item.received_at
  FROM unnest(%(shards)s::smallint[]) AS held (shard)
 CROSS JOIN LATERAL (
     SELECT * FROM engine_inbox AS item WHERE item.shard = held.shard ORDER BY item.id LIMIT %(each)s
 ) AS item;
