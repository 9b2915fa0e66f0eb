-- The treatments that people have by now, and who succeeded.
-- Locks: the rows written (their shards are held).
-- Index: the primary key of engine_assignment.
INSERT INTO engine_assignment (shard, profile_id, version_id, node, treatment, assigned_at, succeeded_at)
SELECT profile_id %% 64, profile_id, version_id, node, treatment, assigned_at, succeeded_at
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS now (
       profile_id bigint, version_id bigint, node text, treatment text, assigned_at timestamptz,
       succeeded_at timestamptz)
    ON CONFLICT (shard, profile_id, version_id, node) DO UPDATE SET succeeded_at = excluded.succeeded_at;
