-- A delivery keeps its shard (it is part of its key); its result goes to the shard of the profile.
-- Locks: the deliveries written.
-- Index: engine_delivery_of_profile.
UPDATE engine_delivery SET profile_id = %(winner)s WHERE profile_id = %(loser)s;
