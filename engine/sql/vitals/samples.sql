-- How the engine was since a moment, one row for each `width`: the highest of what was noted.
-- Locks: none.
-- Index: the primary key of engine_sample.
SELECT date_bin(%(width)s, minute, 'epoch'), max(inbox), max(inbox_seconds), max(overdue), max(late_seconds),
       max(deliveries), max(delivery_seconds), max(refused)
  FROM engine_sample
 WHERE minute >= %(since)s
 GROUP BY 1;
