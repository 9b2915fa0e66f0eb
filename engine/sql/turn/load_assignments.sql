-- The treatments that these people have in experiments.
-- Index: the primary key of engine_assignment.
SELECT found.profile_id, found.version_id, found.node, found.treatment, found.assigned_at, found.succeeded_at
  FROM unnest(%(profiles)s::bigint[]) AS wanted (profile_id)
  JOIN engine_assignment AS found ON found.shard = wanted.profile_id %% 64 AND found.profile_id = wanted.profile_id;
