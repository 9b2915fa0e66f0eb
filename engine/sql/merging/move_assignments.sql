-- What the younger profile was assigned to, unless the older one is in that experiment itself.
-- Locks: the rows written (both shards are held).
-- Index: the primary key of engine_assignment.
WITH moved AS (
    DELETE FROM engine_assignment WHERE shard = %(loser)s %% 64 AND profile_id = %(loser)s
    RETURNING version_id, node, treatment, assigned_at, succeeded_at
)
INSERT INTO engine_assignment (shard, profile_id, version_id, node, treatment, assigned_at, succeeded_at)
SELECT %(winner)s %% 64, %(winner)s, version_id, node, treatment, assigned_at, succeeded_at FROM moved
    ON CONFLICT DO NOTHING;
