-- How many items wait for the engine, counted up to so many.
-- Index: the primary key of engine_inbox.
SELECT count(*) FROM (SELECT FROM engine_inbox ORDER BY shard, id LIMIT %(most)s) AS waiting;
