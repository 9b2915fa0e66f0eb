-- Memberships of people who were merged into others, or erased, vanish.
-- Locks: the rows deleted (their shard is held).
-- Index: the primary key of engine_membership.
DELETE FROM engine_membership AS membership
 WHERE membership.shard = %(shard)s AND membership.audience_id = ANY (%(audiences)s::bigint[])
   AND NOT EXISTS (SELECT FROM engine_profile AS profile
                    WHERE profile.shard = membership.shard AND profile.id = membership.profile_id
                      AND profile.merged_into IS NULL);
