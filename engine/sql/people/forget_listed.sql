-- Forget people who are being imported: those who are recognised.
-- Locks: the rows deleted (their shards are held).
-- Index: the primary key of engine_import_member.
DELETE FROM engine_import_member AS member
 USING engine_audienceimport AS import, unnest(%(profiles)s::bigint[]) AS erased (id)
 WHERE import.state IN ('waiting', 'running')
   AND member.import_id = import.id AND member.shard = erased.id %% 64 AND member.profile_id = erased.id;
