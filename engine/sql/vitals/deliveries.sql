-- The deliveries that are not over, by channel and state, counted up to so many, and since when the oldest is due.
-- Index: engine_delivery_due.
SELECT channel, state, count(*), min(due_at)
  FROM (SELECT channel, state, due_at FROM engine_delivery
         WHERE state IN ('queued', 'sending') ORDER BY due_at LIMIT %(most)s) AS open
 GROUP BY channel, state;
