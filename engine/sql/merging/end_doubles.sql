-- Where both are inside the same journey, the younger profile's run ends: one person, one active instance.
-- Locks: the instances written (both shards are held).
-- Index: engine_instance_one_active.
UPDATE engine_instance AS instance
   SET state = 'exited', ended_at = %(now)s, moved_at = %(now)s, context = '{}'
 WHERE instance.shard = %(loser)s %% 64 AND instance.profile_id = %(loser)s AND instance.ended_at IS NULL
   AND EXISTS (SELECT FROM engine_instance AS other
                WHERE other.shard = %(winner)s %% 64 AND other.profile_id = %(winner)s AND other.ended_at IS NULL
                  AND other.journey_id = instance.journey_id
                  AND other.supplemental_key = instance.supplemental_key);
