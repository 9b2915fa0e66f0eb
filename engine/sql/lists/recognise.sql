-- These rows are moved to the shards of their people. Whom this import made is told by the moment.
-- Locks: the rows moved (their import is held).
-- Index: the primary key of engine_import_row, the primary key of engine_identity.
WITH taken AS (
    DELETE FROM engine_import_row
     WHERE import_id = %(import)s AND line > %(after)s AND line <= %(last)s
    RETURNING line, key, columns
), known AS (
    INSERT INTO engine_import_member (import_id, shard, profile_id, line, is_new, key, columns)
    SELECT %(import)s, identity.profile_id %% 64, identity.profile_id, taken.line, identity.created_at = %(now)s,
           taken.key, taken.columns
      FROM taken CROSS JOIN LATERAL (
          SELECT profile_id, created_at FROM engine_identity
           WHERE sandbox_id = %(sandbox)s AND namespace = %(namespace)s AND value = taken.key
           LIMIT 1
      ) AS identity
)
SELECT count(*) FROM taken;
