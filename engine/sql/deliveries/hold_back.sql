-- Count that a result was held back: it had been noted before, or its courier had lost the lease.
-- Locks: the deliveries written.
-- Index: the primary key of engine_delivery.
UPDATE engine_delivery AS delivery SET duplicates_prevented = duplicates_prevented + 1
  FROM unnest(%(shards)s::smallint[], %(ids)s::bigint[]) AS late (shard, id)
 WHERE delivery.shard = late.shard AND delivery.id = late.id;
