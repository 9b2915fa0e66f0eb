-- People who were merged meanwhile are looked for where they live on.
-- Locks: the rows written (their import is held).
-- Index: the primary key of engine_import_member, engine_profile_merged.
WITH RECURSIVE merged AS (
    SELECT member.profile_id AS was, profile.merged_into AS into_id
      FROM engine_import_member AS member
      JOIN engine_profile AS profile ON profile.shard = %(shard)s AND profile.id = member.profile_id
     WHERE member.import_id = %(import)s AND member.shard = %(shard)s AND profile.merged_into IS NOT NULL
    UNION
    SELECT merged.was, profile.merged_into
      FROM merged
      JOIN engine_profile AS profile ON profile.shard = merged.into_id %% 64 AND profile.id = merged.into_id
     WHERE profile.merged_into IS NOT NULL
), living AS (  -- each is merged into an older one, so the last of a chain has the least id
    SELECT was, min(into_id) AS id FROM merged GROUP BY was
)
UPDATE engine_import_member AS member SET shard = living.id %% 64, profile_id = living.id
  FROM living
 WHERE member.import_id = %(import)s AND member.shard = %(shard)s AND member.profile_id = living.was;
