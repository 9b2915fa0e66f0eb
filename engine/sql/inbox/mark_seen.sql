-- Remember these message ids: how many were not known, and which, unless all were new.
-- Locks: waits for another transaction that marks the same id; sorted, so that two never wait for each other.
-- Index: the primary key of engine_seen_message.
WITH new AS (
    INSERT INTO engine_seen_message (sandbox_id, digest, seen_at)
    SELECT sandbox_id, digest, %(now)s
      FROM unnest(%(sandboxes)s::bigint[], %(digests)s::uuid[]) AS seen (sandbox_id, digest)
     ORDER BY sandbox_id, digest
    ON CONFLICT DO NOTHING
    RETURNING sandbox_id, digest
)
SELECT count(*), CASE WHEN count(*) < %(most)s THEN coalesce(array_agg(sandbox_id || ' ' || digest), '{}') END FROM new;
