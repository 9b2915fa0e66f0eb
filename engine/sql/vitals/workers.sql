-- The workers that did something since a moment: in which minute last, and what they came to.
-- Locks: none.
-- Index: the primary key of engine_work.
SELECT writer, max(minute), sum(turns)::bigint, sum(taken)::bigint, sum(steps)::bigint
  FROM engine_work
 WHERE minute >= %(since)s
 GROUP BY writer
 ORDER BY max(minute) DESC, sum(taken) DESC
 LIMIT 50;
