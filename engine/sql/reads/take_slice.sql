-- Move the next people of a run into the inbox; everybody once, since they go from here in the same moment.
-- Locks: the rows moved (the run is held).
-- Index: the primary key of engine_read_member.
WITH next AS (
    SELECT run_id, profile_id FROM engine_read_member
     WHERE run_id = %(run)s AND profile_id > %(after)s
     ORDER BY profile_id LIMIT %(most)s
), taken AS (
    DELETE FROM engine_read_member AS member USING next
     WHERE member.run_id = next.run_id AND member.profile_id = next.profile_id
    RETURNING member.profile_id, member.columns
), entries AS (
    INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at)
    SELECT profile_id %% 64, %(sandbox)s, profile_id, 'entry',
           json_build_object('run', %(run)s::bigint, 'version', %(version)s::bigint,
                             'audience', %(name)s::text, 'columns', columns), %(now)s
      FROM taken ORDER BY profile_id
)
SELECT count(*), max(profile_id) FROM taken;
