-- Where these people are: every active instance of theirs.
-- Index: engine_instance_one_active.
SELECT instance.id, instance.shard, instance.sandbox_id, instance.profile_id, instance.journey_id, instance.version_id,
       instance.key, instance.node, instance.port, instance.visit, instance.timers, instance.wake_at,
       instance.state, instance.entered_at, instance.moved_at, instance.expires_at, instance.context,
       instance.supplemental_key
  FROM unnest(%(ids)s::bigint[]) AS wanted (id)
  JOIN engine_instance AS instance
    ON instance.shard = wanted.id %% 64 AND instance.profile_id = wanted.id AND instance.ended_at IS NULL;
