-- These items are done.
-- Index: the primary key of engine_inbox.
DELETE FROM engine_inbox AS item
 USING unnest(%(shards)s::smallint[], %(ids)s::bigint[]) AS done (shard, id)
 WHERE item.shard = done.shard AND item.id = done.id;
