-- Changed attributes, whole.
-- Locks: the rows written (their shards are held).
-- Index: the primary key of engine_profile.
UPDATE engine_profile AS profile
   SET attributes = saved.attributes, updated_at = %(now)s
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS saved (id bigint, attributes jsonb)
 WHERE profile.shard = saved.id %% 64 AND profile.id = saved.id;
