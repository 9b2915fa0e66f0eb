-- Give people these identities; one that somebody has already stays theirs and is not returned.
-- Locks: waits for another transaction that adds the same one; sorted, so that two never wait for each other.
-- Index: the primary key of engine_identity.
INSERT INTO engine_identity (sandbox_id, namespace, value, profile_id, created_at)
SELECT sandbox_id, namespace, value, profile_id, %(now)s
  FROM unnest(%(sandboxes)s::bigint[], %(namespaces)s::text[], %(values)s::text[], %(profiles)s::bigint[])
       AS added (sandbox_id, namespace, value, profile_id)
 ORDER BY sandbox_id, namespace, value
ON CONFLICT DO NOTHING
RETURNING sandbox_id, namespace, value, profile_id;
