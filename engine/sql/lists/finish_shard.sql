-- Those of a shard are dealt with.
-- Locks: the rows deleted (their import is held).
-- Index: the primary key of engine_import_member.
DELETE FROM engine_import_member WHERE import_id = %(import)s AND shard = %(shard)s;
