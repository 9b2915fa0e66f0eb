-- Who entered an audience again, or left it, in this turn.
-- Locks: the rows written (their shards are held).
-- Index: the primary key of engine_membership.
UPDATE engine_membership AS membership
   SET is_member = saved.is_member, changed_at = %(now)s
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS saved (profile_id bigint, audience_id bigint, is_member boolean)
 WHERE membership.shard = saved.profile_id %% 64 AND membership.profile_id = saved.profile_id
   AND membership.audience_id = saved.audience_id AND membership.is_member <> saved.is_member;
