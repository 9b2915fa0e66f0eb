-- Some shards of some evaluations are done, with what they came to. Who has left since is not among those who stayed.
-- Locks: the runs written, in the order of their ids: two hands may be done at once.
-- Index: the primary key of engine_audiencerun.
WITH found AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (run bigint, entered bigint, "left" bigint, size bigint)
), held AS MATERIALIZED (
    SELECT id FROM engine_audiencerun WHERE id = ANY (ARRAY(SELECT run FROM found)) ORDER BY id FOR UPDATE
)
UPDATE engine_audiencerun AS run
   SET shards_done = run.shards_done + %(more)s, entered = run.entered + found.entered, "left" = run."left" + found."left",
       stayed = run.stayed + greatest(0, found.size - found.entered), size = run.size + found.size, beat_at = %(now)s
  FROM found, (SELECT count(*) FROM held) AS all_held
 WHERE run.id = found.run AND run.state = 'running';
