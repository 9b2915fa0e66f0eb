-- The largest tables, with their indexes; a partitioned table is one. How many rows: as PostgreSQL estimates.
-- Locks: none.
-- Index: those of pg_class; a few hundred rows.
SELECT coalesce(parent.relname, part.relname), sum(pg_total_relation_size(part.oid))::bigint,
       sum(greatest(part.reltuples, 0))::bigint
  FROM pg_class AS part
  JOIN pg_namespace AS namespace ON namespace.oid = part.relnamespace
  LEFT JOIN pg_inherits AS inherits ON inherits.inhrelid = part.oid
  LEFT JOIN pg_class AS parent ON parent.oid = inherits.inhparent
 WHERE part.relkind = 'r' AND namespace.nspname = current_schema()
 GROUP BY 1
 ORDER BY 2 DESC
 LIMIT %(most)s;
