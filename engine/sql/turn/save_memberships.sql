-- Who entered an audience, or left it, in this turn.
-- Locks: the rows written (their shards are held).
-- Index: the primary key of engine_membership.
INSERT INTO engine_membership (shard, profile_id, audience_id, is_member, changed_at)
SELECT saved.profile_id %% 64, saved.profile_id, saved.audience_id, saved.is_member, %(now)s
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS saved (profile_id bigint, audience_id bigint, is_member boolean)
ON CONFLICT (shard, profile_id, audience_id) DO UPDATE
   SET is_member = excluded.is_member, changed_at = excluded.changed_at
 WHERE engine_membership.is_member <> excluded.is_member;
