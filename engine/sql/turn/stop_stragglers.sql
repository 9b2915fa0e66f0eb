-- Tell whoever is inside a stopped version to leave: those who were entering while it was stopped.
-- Locks: none.
-- Index: engine_instance_inside_at.
INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at)
SELECT shard, sandbox_id, profile_id, 'control', json_build_object('instance', id), %(now)s
  FROM engine_instance
 WHERE version_id = ANY (%(versions)s::bigint[]) AND ended_at IS NULL;
