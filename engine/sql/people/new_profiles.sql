-- Make profiles with the ids given.
INSERT INTO engine_profile (shard, id, sandbox_id, attributes, created_at, updated_at)
SELECT id %% 64, id, sandbox_id, '{}', %(now)s, %(now)s
  FROM unnest(%(ids)s::bigint[], %(sandboxes)s::bigint[]) AS added (id, sandbox_id);
