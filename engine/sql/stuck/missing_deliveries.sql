-- Who stands at an action since before a moment without any delivery for it, and no result waits for them; the first
-- `most` of a shard. A delivery keeps its shard when its person is merged into another.
-- Locks: none (under the shard's lock, what is found cannot move).
-- Index: engine_instance_due, engine_delivery_once, engine_delivery_of_profile, and the primary key of engine_inbox.
SELECT instance.id, instance.sandbox_id, instance.profile_id, instance.journey_id, instance.node, instance.visit
  FROM engine_instance AS instance
 WHERE instance.shard = %(shard)s AND instance.ended_at IS NULL AND instance.state = 'active'
   AND instance.port IS NULL AND instance.moved_at <= %(since)s
   AND NOT EXISTS (SELECT FROM engine_delivery AS delivery
                    WHERE delivery.shard = instance.shard AND delivery.instance_id = instance.id
                      AND delivery.node = instance.node AND delivery.visit = instance.visit)
   AND NOT EXISTS (SELECT FROM engine_delivery AS delivery
                    WHERE delivery.profile_id = instance.profile_id AND delivery.instance_id = instance.id
                      AND delivery.node = instance.node AND delivery.visit = instance.visit)
   AND NOT EXISTS (SELECT FROM engine_inbox AS item
                    WHERE item.shard = instance.shard AND item.kind = 'result'
                      AND item.profile_id = instance.profile_id)
 LIMIT %(most)s;
