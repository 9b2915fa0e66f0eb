-- A shard of an import is done: what it came to.
-- Locks: the import, which is held.
-- Index: the primary key of engine_audienceimport.
UPDATE engine_audienceimport
   SET shards_done = least(64, shards_done + 1), entered = entered + %(entered)s, "left" = "left" + %(gone)s,
       duplicates = duplicates + %(duplicates)s, attempts = 0
 WHERE id = %(import)s;
