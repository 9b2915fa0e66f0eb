-- Put these into the inbox, in this order. Payloads are lines: JSON as we write it has no line end within.
-- Locks: nothing that was there before.
-- Index: the primary key of engine_inbox grows.
WITH put AS (
    INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at)
    SELECT profile_id %% 64, sandbox_id, profile_id, kind, payload::json, received_at
      FROM unnest(%(sandboxes)s::bigint[], %(profiles)s::bigint[], %(kinds)s::text[],
                  string_to_array(%(payloads)s, E'\n'), %(received)s::timestamptz[])
           AS added (sandbox_id, profile_id, kind, payload, received_at)
)
SELECT pg_notify('engine_work', '');
