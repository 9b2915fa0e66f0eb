-- The newest runs of a version that passed a node, or failed there. Looks at the newest `window` runs and no further.
-- Locks: none.
-- Index: engine_instance_of_version; the primary key of engine_step.
SELECT run.id
  FROM (SELECT id, shard, profile_id FROM engine_instance
         WHERE version_id = %(version)s AND id < %(before)s ORDER BY id DESC LIMIT %(window)s) AS run
 WHERE EXISTS (SELECT FROM engine_step AS step
                WHERE step.shard = run.shard AND step.profile_id = run.profile_id AND step.instance_id = run.id
                  AND step.node = %(node)s AND (NOT %(failed)s OR step.status IN ('error', 'timedout', 'capped')))
 ORDER BY run.id DESC LIMIT %(most)s;
