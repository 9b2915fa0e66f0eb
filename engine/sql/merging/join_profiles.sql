-- The survivor's attributes win; the other's fill the gaps.
-- Index: the primary key of engine_profile.
WITH gone AS (
    UPDATE engine_profile SET merged_into = %(winner)s, updated_at = %(now)s
     WHERE shard = %(loser)s %% 64 AND id = %(loser)s
    RETURNING attributes
)
UPDATE engine_profile AS profile SET attributes = gone.attributes || profile.attributes, updated_at = %(now)s
  FROM gone WHERE profile.shard = %(winner)s %% 64 AND profile.id = %(winner)s;
