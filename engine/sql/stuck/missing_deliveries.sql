-- Who stands at an action since before a moment without any delivery for it, and no result waits for them; the first
-- `most` of a shard. A delivery keeps its shard when its person is merged into another.
-- LIMIT 1 has each looked up by itself: without it the whole table of deliveries may be read.
-- Locks: none (under the shard's lock, what is found cannot move).
-- Index: engine_delivery_once, engine_delivery_of_profile, and the primary key of engine_inbox.
WITH acting AS MATERIALIZED (
    SELECT id, sandbox_id, profile_id, journey_id, node, visit
      FROM engine_instance
     WHERE shard = %(shard)s AND ended_at IS NULL AND state = 'active' AND port IS NULL AND moved_at <= %(since)s
)
SELECT acting.*
  FROM acting
  LEFT JOIN LATERAL (
      SELECT id FROM engine_delivery AS own
       WHERE own.shard = %(shard)s AND own.instance_id = acting.id AND own.node = acting.node
         AND own.visit = acting.visit LIMIT 1
  ) AS here ON true
  LEFT JOIN LATERAL (
      SELECT id FROM engine_delivery AS moved
       WHERE here.id IS NULL AND moved.profile_id = acting.profile_id AND moved.instance_id = acting.id
         AND moved.node = acting.node AND moved.visit = acting.visit LIMIT 1
  ) AS elsewhere ON true
 WHERE here.id IS NULL AND elsewhere.id IS NULL
   AND acting.profile_id NOT IN (SELECT profile_id FROM engine_inbox WHERE shard = %(shard)s AND kind = 'result')
 LIMIT %(most)s;
