-- Let those go on who are held in a version that is not paused, since before a moment, and were not told; the first `most`.
-- Locks: none.
-- Index: engine_instance_held, and the primary key of engine_inbox.
WITH held AS (
    SELECT instance.shard, instance.id, instance.sandbox_id, instance.profile_id, instance.journey_id
      FROM engine_definition AS definition
     CROSS JOIN LATERAL (
         SELECT * FROM engine_instance AS instance
          WHERE instance.version_id = definition.version_id AND instance.state = 'held' AND instance.ended_at IS NULL
            AND instance.moved_at <= %(since)s
            AND NOT EXISTS (SELECT FROM engine_inbox AS item
                             WHERE item.shard = instance.shard AND item.profile_id = instance.profile_id
                               AND item.kind = 'control')
          ORDER BY instance.id LIMIT %(most)s
     ) AS instance
     WHERE definition.status NOT IN ('paused', 'resuming', 'stopped')
), told AS (
    INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at)
    SELECT shard, sandbox_id, profile_id, 'control', json_build_object('instance', id, 'release', true), %(now)s FROM held
)
SELECT sandbox_id, journey_id, id FROM held;
