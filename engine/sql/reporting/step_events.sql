-- The step events of a version's runs after a given one, run by run, each with the step before it in its run.
-- Locks: none.
-- Index: engine_instance_of_version; the primary key of engine_step.
WITH run AS (
    SELECT id, shard, profile_id, key FROM engine_instance
     WHERE version_id = %(version)s AND id > %(after)s ORDER BY id LIMIT %(runs)s
)
SELECT step.id, step.at, run.id AS instance_id, run.profile_id, run.key, step.node, step.port, step.status, step.details,
       lag(step.node) OVER way AS parent_node, lag(step.port) OVER way AS parent_port
  FROM run
  JOIN engine_step AS step
    ON step.shard = run.shard AND step.profile_id = run.profile_id AND step.instance_id = run.id
WINDOW way AS (PARTITION BY run.id ORDER BY step.visit, step.id)
 ORDER BY run.id, step.visit, step.id;
