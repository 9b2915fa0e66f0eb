-- The counts of versions since they were published.
-- Index: the primary key of engine_counter.
SELECT version_id, node, port, metric, sum(value)
  FROM engine_counter
 WHERE version_id = ANY (%(versions)s)
 GROUP BY version_id, node, port, metric;
