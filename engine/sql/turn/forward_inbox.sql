-- Items of a person who was merged into another go to that other, in their order.
-- Locks: the rows written (their shards are held).
-- Index: the primary key of engine_inbox.
UPDATE engine_inbox AS item
   SET shard = (moved.profile_id %% 64)::smallint, profile_id = moved.profile_id
  FROM unnest(%(shards)s::smallint[], %(ids)s::bigint[], %(profiles)s::bigint[]) AS moved (shard, id, profile_id)
 WHERE item.shard = moved.shard AND item.id = moved.id;
