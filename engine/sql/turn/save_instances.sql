-- Where people stand now.
-- Locks: the rows written (their shards are held).
-- Index: the primary key of engine_instance_inside.
UPDATE engine_instance AS instance
   SET state = saved.state, node = saved.node, port = saved.port, visit = saved.visit, timers = saved.timers,
       wake_at = saved.wake_at, moved_at = saved.moved_at, ended_at = saved.ended_at, context = saved.context
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS saved (
       shard smallint, id bigint, state text, node text, port text, visit integer, timers jsonb,
       wake_at timestamptz, moved_at timestamptz, ended_at timestamptz, context jsonb)
 WHERE instance.shard = saved.shard AND instance.id = saved.id AND instance.ended_at IS NULL;
