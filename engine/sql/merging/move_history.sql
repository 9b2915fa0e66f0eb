-- What happened to the younger profile happened to the survivor. Rows keep their shard: it is part of their key.
-- Locks: the rows written.
-- Index: engine_step_of_profile, engine_event_of_profile, engine_discard_of_profile.
WITH steps AS (UPDATE engine_step SET profile_id = %(winner)s WHERE profile_id = %(loser)s),
     discards AS (UPDATE engine_discard SET profile_id = %(winner)s WHERE profile_id = %(loser)s)
UPDATE engine_event SET profile_id = %(winner)s WHERE profile_id = %(loser)s;
