-- The people of this turn.
-- Index: the primary key of engine_profile.
SELECT profile.id, profile.attributes, profile.merged_into
  FROM unnest(%(ids)s::bigint[]) AS wanted (id)
  JOIN engine_profile AS profile ON profile.shard = wanted.id %% 64 AND profile.id = wanted.id;
