-- Who is inside a version that is gone or was stopped, and was not told to leave; the first `most`.
-- Locks: none.
-- Index: engine_instance_inside_at, and the primary key of engine_inbox.
SELECT instance.shard, instance.id, instance.profile_id
  FROM engine_instance AS instance
 WHERE instance.version_id = ANY (%(versions)s::bigint[]) AND instance.ended_at IS NULL
   AND (%(shard)s::smallint IS NULL OR instance.shard = %(shard)s::smallint)
   AND NOT EXISTS (SELECT FROM engine_inbox AS item
                    WHERE item.shard = instance.shard AND item.profile_id = instance.profile_id
                      AND item.kind = 'control')
 LIMIT %(most)s;
