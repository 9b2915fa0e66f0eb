-- Put a delivery back that could not be tried.
-- Locks: the delivery written.
-- Index: the primary key of engine_delivery.
UPDATE engine_delivery SET state = 'queued', due_at = %(until)s, leased_by = NULL
 WHERE shard = %(shard)s AND id = %(id)s AND state = 'sending' AND leased_by = %(courier)s;
