-- How many people of some shards are in each of some audiences.
-- Index: engine_membership_of_audience.
SELECT audience_id, count(*) FROM engine_membership
 WHERE shard = ANY (%(shards)s::smallint[]) AND audience_id = ANY (%(audiences)s::bigint[]) AND is_member
 GROUP BY audience_id;
