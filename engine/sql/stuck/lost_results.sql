-- Who stands at an action whose delivery is over since before a moment, and no result waits for them; the first `most`
-- of a shard. A delivery keeps its shard when its person is merged into another: then it is looked for by the person.
-- Locks: none (under the shard's lock, what is found cannot move).
-- Index: engine_instance_due, engine_delivery_once, engine_delivery_of_profile, and the primary key of engine_inbox.
WITH standing AS MATERIALIZED (
    SELECT instance.id, instance.sandbox_id, instance.profile_id, instance.journey_id, instance.node, instance.visit,
           delivery.state, delivery.channel, delivery.error_code, delivery.error, delivery.response,
           delivery.created_at, delivery.finished_at
      FROM engine_instance AS instance
      JOIN engine_delivery AS delivery
        ON delivery.shard = instance.shard AND delivery.instance_id = instance.id
       AND delivery.node = instance.node AND delivery.visit = instance.visit
     WHERE instance.shard = %(shard)s AND instance.ended_at IS NULL AND instance.state = 'active'
       AND instance.port IS NULL AND instance.moved_at <= %(since)s
       AND delivery.state NOT IN ('queued', 'sending') AND delivery.finished_at <= %(since)s
    UNION ALL
    SELECT instance.id, instance.sandbox_id, instance.profile_id, instance.journey_id, instance.node, instance.visit,
           delivery.state, delivery.channel, delivery.error_code, delivery.error, delivery.response,
           delivery.created_at, delivery.finished_at
      FROM engine_instance AS instance
      JOIN engine_delivery AS delivery
        ON delivery.profile_id = instance.profile_id AND delivery.shard <> instance.shard
       AND delivery.instance_id = instance.id AND delivery.node = instance.node AND delivery.visit = instance.visit
     WHERE instance.shard = %(shard)s AND instance.ended_at IS NULL AND instance.state = 'active'
       AND instance.port IS NULL AND instance.moved_at <= %(since)s
       AND delivery.state NOT IN ('queued', 'sending') AND delivery.finished_at <= %(since)s
)
SELECT standing.*
  FROM standing
 WHERE NOT EXISTS (SELECT FROM engine_inbox AS item
                    WHERE item.shard = %(shard)s AND item.kind = 'result' AND item.profile_id = standing.profile_id)
 LIMIT %(most)s;
