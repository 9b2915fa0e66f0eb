-- What happened to the younger profile happened to the survivor, and moves to their shard.
-- Locks: the rows written (both shards are held).
-- Index: the primary key of engine_step; engine_event_of_profile, engine_discard_of_profile.
WITH steps AS (
    UPDATE engine_step SET shard = %(winner)s %% 64, profile_id = %(winner)s
     WHERE shard = %(loser)s %% 64 AND profile_id = %(loser)s
), discards AS (
    UPDATE engine_discard SET shard = %(winner)s %% 64, profile_id = %(winner)s WHERE profile_id = %(loser)s
)
UPDATE engine_event SET shard = %(winner)s %% 64, profile_id = %(winner)s WHERE profile_id = %(loser)s;
