-- In which of these audiences these people are, or were.
-- Index: the primary key of engine_membership.
SELECT membership.profile_id, membership.audience_id, membership.is_member
  FROM unnest(%(ids)s::bigint[]) AS wanted (id)
  JOIN engine_membership AS membership ON membership.shard = wanted.id %% 64 AND membership.profile_id = wanted.id
 WHERE membership.audience_id = ANY (%(audiences)s::bigint[]);
