-- Remember these message ids; only those that were not known come back.
-- Locks: waits for another transaction that marks the same id; sorted, so that two never wait for each other.
-- Index: the primary key of engine_seen_message.
INSERT INTO engine_seen_message (sandbox_id, digest, seen_at)
SELECT sandbox_id, digest, %(now)s FROM unnest(%(sandboxes)s::bigint[], %(digests)s::uuid[]) AS seen (sandbox_id, digest)
 ORDER BY sandbox_id, digest
ON CONFLICT DO NOTHING
RETURNING sandbox_id, digest;
