-- Whoever an import made, and lets in no more, is looked at by the streaming audiences, like anybody new.
-- Locks: none; rows are added.
-- Index: the primary key of engine_import_member.
INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at)
SELECT DISTINCT shard, %(sandbox)s::bigint, profile_id, 'membership', '{"check": "all"}'::jsonb, %(now)s::timestamptz
  FROM engine_import_member
 WHERE import_id = %(import)s AND is_new;
