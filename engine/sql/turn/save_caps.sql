-- More is taken of these caps.
-- Locks: their rows (held already).
-- Index: the primary key of engine_cap.
UPDATE engine_cap AS cap SET taken = now.taken
  FROM unnest(%(versions)s::bigint[], %(nodes)s::text[], %(taken)s::bigint[]) AS now (version_id, node, taken)
 WHERE cap.version_id = now.version_id AND cap.node = now.node;
