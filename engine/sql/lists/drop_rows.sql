-- What imports wrote down and nobody needs any more: rows whose people are not recognised.
-- Locks: the rows deleted.
-- Index: the primary key of engine_import_row.
DELETE FROM engine_import_row WHERE import_id = ANY (%(imports)s::bigint[]);
