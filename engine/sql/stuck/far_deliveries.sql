-- Deliveries that are due so late that nothing can have meant it are due now.
-- Locks: the deliveries written; one that a courier holds is skipped.
-- Index: engine_delivery_due; the primary key of engine_delivery.
UPDATE engine_delivery AS delivery SET due_at = %(now)s
  FROM (SELECT shard, id FROM engine_delivery
         WHERE state IN ('queued', 'sending') AND due_at > %(until)s
         ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED) AS far
 WHERE delivery.shard = far.shard AND delivery.id = far.id
RETURNING delivery.sandbox_id, delivery.journey_id, delivery.instance_id;
