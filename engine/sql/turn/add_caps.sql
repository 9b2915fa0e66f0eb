-- A row for each cap that nobody has come to yet.
-- Locks: the rows added.
-- Index: the primary key of engine_cap.
INSERT INTO engine_cap (version_id, node, taken)
SELECT version_id, node, 0 FROM unnest(%(versions)s::bigint[], %(nodes)s::text[]) AS wanted (version_id, node)
 ORDER BY version_id, node
    ON CONFLICT DO NOTHING;
