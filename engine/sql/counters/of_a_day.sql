-- What happened in a sandbox's journeys since a moment, over all of their versions.
-- Index: the primary key of engine_counter.
SELECT metric, sum(value)
  FROM engine_counter
 WHERE version_id IN (SELECT version_id FROM engine_definition WHERE sandbox_id = %(sandbox)s)
   AND node = '' AND minute >= %(since)s
 GROUP BY metric;
