-- The versions that somebody is inside of. One probe for each.
-- Locks: none.
-- Index: engine_instance_inside_at.
WITH RECURSIVE inside AS (
    (SELECT version_id FROM engine_instance WHERE ended_at IS NULL ORDER BY version_id LIMIT 1)
    UNION ALL
    SELECT (SELECT instance.version_id FROM engine_instance AS instance
             WHERE instance.ended_at IS NULL AND instance.version_id > inside.version_id
             ORDER BY instance.version_id LIMIT 1)
      FROM inside WHERE inside.version_id IS NOT NULL
)
SELECT inside.version_id, definition.status, definition.ended_at
  FROM inside LEFT JOIN engine_definition AS definition ON definition.version_id = inside.version_id
 WHERE inside.version_id IS NOT NULL;
