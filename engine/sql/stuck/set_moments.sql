-- Wake these people at these moments, or now.
-- Locks: the instances written (their shard is held).
-- Index: the primary key of engine_instance_inside.
UPDATE engine_instance AS instance SET wake_at = greatest(saved.moment, %(now)s)
  FROM unnest(%(ids)s::bigint[], %(moments)s::timestamptz[]) AS saved (id, moment)
 WHERE instance.shard = %(shard)s AND instance.id = saved.id AND instance.ended_at IS NULL;
