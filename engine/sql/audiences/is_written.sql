-- Whether anybody of a shard was ever in one of some audiences.
-- Index: the primary key of engine_membership.
SELECT true FROM engine_membership
 WHERE shard = %(shard)s AND audience_id = ANY (%(audiences)s::bigint[]) LIMIT 1;
