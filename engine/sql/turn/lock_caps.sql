-- What is taken of these caps.
-- Locks: their rows, in one order for all workers, until the turn is over.
-- Index: the primary key of engine_cap.
SELECT cap.version_id, cap.node, cap.taken
  FROM engine_cap AS cap
  JOIN unnest(%(versions)s::bigint[], %(nodes)s::text[]) AS wanted (version_id, node) USING (version_id, node)
 ORDER BY cap.version_id, cap.node
   FOR UPDATE OF cap;
