-- Who stands at an action whose delivery is over since before a moment, and no result waits for them; the first `most`
-- of a shard. A delivery keeps its shard when its person is merged into another: then it is looked for by the person.
-- LIMIT 1 has each looked up by itself: without it the whole table of deliveries may be read.
-- Locks: none (under the shard's lock, what is found cannot move).
-- Index: engine_delivery_once, engine_delivery_of_profile, and the primary key of engine_inbox.
WITH acting AS MATERIALIZED (
    SELECT id, sandbox_id, profile_id, journey_id, node, visit
      FROM engine_instance
     WHERE shard = %(shard)s AND ended_at IS NULL AND state = 'active' AND port IS NULL AND moved_at <= %(since)s
)
SELECT acting.*, delivery.state, delivery.channel, delivery.error_code, delivery.error, delivery.response,
       delivery.created_at, delivery.finished_at
  FROM acting
  LEFT JOIN LATERAL (
      SELECT shard, id FROM engine_delivery AS own
       WHERE own.shard = %(shard)s AND own.instance_id = acting.id AND own.node = acting.node
         AND own.visit = acting.visit LIMIT 1
  ) AS here ON true
  LEFT JOIN LATERAL (
      SELECT shard, id FROM engine_delivery AS moved
       WHERE here.id IS NULL AND moved.profile_id = acting.profile_id AND moved.instance_id = acting.id
         AND moved.node = acting.node AND moved.visit = acting.visit LIMIT 1
  ) AS elsewhere ON true
 CROSS JOIN LATERAL (
     SELECT * FROM engine_delivery AS one
      WHERE one.shard = coalesce(here.shard, elsewhere.shard) AND one.id = coalesce(here.id, elsewhere.id) LIMIT 1
 ) AS delivery
 WHERE delivery.state NOT IN ('queued', 'sending') AND delivery.finished_at <= %(since)s
   AND acting.profile_id NOT IN (SELECT profile_id FROM engine_inbox WHERE shard = %(shard)s AND kind = 'result')
 LIMIT %(most)s;
