-- Tell everybody who is inside these versions to leave: the audience is read anew.
-- Index: engine_instance_inside_at.
INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at)
SELECT shard, sandbox_id, profile_id, 'control',
       json_build_object('instance', id, 'leave', 'forceReentrance'), %(now)s
  FROM engine_instance
 WHERE version_id = ANY (%(versions)s) AND ended_at IS NULL;
