-- In which of these audiences these people are, or were. OFFSET 0: person by person, whatever the planner thinks of a
-- table that grows. While it is small, a hash join reads all of it in every turn: 18 us a person at 140,000 rows; now 5.
-- Index: the primary key of engine_membership.
SELECT wanted.id, membership.audience_id, membership.is_member
  FROM unnest(%(ids)s::bigint[]) AS wanted (id)
 CROSS JOIN LATERAL (
     SELECT audience_id, is_member FROM engine_membership
      WHERE shard = wanted.id %% 64 AND profile_id = wanted.id AND audience_id = ANY (%(audiences)s::bigint[])
     OFFSET 0
 ) AS membership;
