-- How many people of a shard are in each of some audiences.
-- Index: the primary key of engine_membership.
SELECT audience_id, count(*) FROM engine_membership
 WHERE shard = %(shard)s AND audience_id = ANY (%(audiences)s::bigint[]) AND is_member
 GROUP BY audience_id;
