-- What came of the deliveries asked for since a moment, by channel and state: the latest `most` of each sandbox.
-- Locks: none.
-- Index: engine_delivery_latest.
SELECT delivery.channel, delivery.state, count(*),
       avg(extract(epoch FROM delivery.finished_at - delivery.created_at))
  FROM engine_sandbox AS sandbox
 CROSS JOIN LATERAL (
     SELECT channel, state, created_at, finished_at FROM engine_delivery
      WHERE sandbox_id = sandbox.id AND created_at >= %(since)s ORDER BY created_at DESC LIMIT %(most)s
 ) AS delivery
 GROUP BY delivery.channel, delivery.state;
