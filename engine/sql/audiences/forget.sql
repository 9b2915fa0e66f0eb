-- Everything of one audience in one shard.
-- Locks: the rows deleted (their shard is held).
-- Index: the primary key of engine_membership.
DELETE FROM engine_membership WHERE shard = %(shard)s AND audience_id = %(audience)s;
