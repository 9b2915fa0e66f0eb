-- Hold a shard for the evaluation of its people, waiting for whoever holds it.
-- Locks: the row of engine_shard.
-- Index: none, there are 64 rows.
SELECT id FROM engine_shard WHERE id = %(shard)s FOR UPDATE;
