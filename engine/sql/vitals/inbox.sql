-- How many items wait for the engine, counted up to so many, and since when the oldest does.
-- Index: the primary key of engine_inbox; the oldest by one probe per shard.
SELECT (SELECT count(*) FROM (SELECT FROM engine_inbox ORDER BY shard, id LIMIT %(most)s) AS waiting),
       (SELECT min(first.received_at)
          FROM engine_shard AS shard
         CROSS JOIN LATERAL (
             SELECT item.received_at FROM engine_inbox AS item WHERE item.shard = shard.id ORDER BY item.id LIMIT 1
         ) AS first);
