-- When the next delivery is due; null when there is none.
-- Index: engine_delivery_due.
SELECT due_at FROM engine_delivery WHERE state IN ('queued', 'sending') ORDER BY due_at LIMIT 1;
