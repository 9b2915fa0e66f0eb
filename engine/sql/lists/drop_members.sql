-- The same: people who are not let in.
-- Locks: the rows deleted.
-- Index: the primary key of engine_import_member.
DELETE FROM engine_import_member WHERE import_id = ANY (%(imports)s::bigint[]);
