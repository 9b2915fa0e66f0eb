-- Keep deliveries leased that a courier still holds. Answers the ids of those that are still its own.
-- Locks: the deliveries written.
-- Index: the primary key of engine_delivery.
UPDATE engine_delivery AS delivery SET due_at = %(until)s
  FROM unnest(%(shards)s::smallint[], %(ids)s::bigint[]) AS held (shard, id)
 WHERE delivery.shard = held.shard AND delivery.id = held.id
   AND delivery.state = 'sending' AND delivery.leased_by = %(courier)s
RETURNING delivery.id;
