-- Who waits at such a port; the first `most` of a shard.
-- Locks: none (the shard is held).
-- Index: engine_instance_inside_at.
SELECT shard, id, profile_id
  FROM engine_instance
 WHERE version_id = %(version)s AND node = %(node)s AND ended_at IS NULL
   AND shard = %(shard)s AND port = %(port)s AND state = 'active' AND (timers IS NULL OR timers = '{}')
 LIMIT %(most)s;
