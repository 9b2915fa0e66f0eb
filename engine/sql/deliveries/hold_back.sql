-- Count that an attempt or a result was held back: its courier had lost the lease, or it had been noted before.
-- Locks: the deliveries written.
-- Index: the primary key of engine_delivery.
UPDATE engine_delivery AS delivery
   SET duplicates_prevented = duplicates_prevented + 1, outcomes_unknown = outcomes_unknown + late.unknown
  FROM unnest(%(shards)s::smallint[], %(ids)s::bigint[], %(unknown)s::smallint[]) AS late (shard, id, unknown)
 WHERE delivery.shard = late.shard AND delivery.id = late.id;
