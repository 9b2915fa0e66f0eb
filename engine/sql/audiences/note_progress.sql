-- A shard of some evaluations is done: one more, with what it came to.
-- Locks: the runs written, in the order of their ids: two shards of one evaluation may end at once.
-- Index: the primary key of engine_audiencerun.
WITH found AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (run bigint, entered bigint, "left" bigint, size bigint)
), held AS MATERIALIZED (
    SELECT id FROM engine_audiencerun WHERE id = ANY (ARRAY(SELECT run FROM found)) ORDER BY id FOR UPDATE
)
UPDATE engine_audiencerun AS run
   SET shards_done = run.shards_done + 1, entered = run.entered + found.entered, "left" = run."left" + found."left",
       stayed = run.stayed + found.size - found.entered, size = run.size + found.size, beat_at = %(now)s
  FROM found, (SELECT count(*) FROM held) AS all_held
 WHERE run.id = found.run AND run.state = 'running';
