-- Locks: the instances written (both shards are held).
-- Index: engine_instance_one_active, engine_instance_history.
UPDATE engine_instance SET shard = %(winner)s %% 64, profile_id = %(winner)s
 WHERE shard = %(loser)s %% 64 AND profile_id = %(loser)s;
