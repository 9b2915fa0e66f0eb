-- Let whoever is held in a version that is not paused go on: those who were being held while it was resumed.
-- Locks: none.
-- Index: engine_instance_held.
INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at)
SELECT shard, sandbox_id, profile_id, 'control', json_build_object('instance', id, 'release', true), %(now)s
  FROM engine_instance
 WHERE version_id = ANY (%(versions)s::bigint[]) AND state = 'held' AND ended_at IS NULL;
