-- Journeys whose deliveries are due since before a moment, and no courier has come to them: the first `most` are counted.
-- Locks: none.
-- Index: engine_delivery_due.
SELECT late.sandbox_id, late.journey_id, count(*)
  FROM (SELECT sandbox_id, journey_id FROM engine_delivery
         WHERE state IN ('queued', 'sending') AND due_at <= %(since)s
         ORDER BY due_at LIMIT %(most)s) AS late
 GROUP BY late.sandbox_id, late.journey_id;
