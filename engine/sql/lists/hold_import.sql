-- Hold an import that is not over, unless another process works at it.
-- Locks: the row of the import, skipped where it is held.
-- Index: engine_import_one_open.
SELECT after, shards_done, rows - bad - recognised FROM engine_audienceimport
 WHERE id = %(import)s AND state IN ('waiting', 'running')
   FOR UPDATE SKIP LOCKED;
