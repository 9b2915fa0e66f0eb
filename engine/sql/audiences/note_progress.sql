-- A shard of some evaluations is done: one more, with what it came to.
-- Locks: the runs written.
-- Index: the primary key of engine_audiencerun.
UPDATE engine_audiencerun AS run
   SET shards_done = run.shards_done + 1, entered = run.entered + found.entered, "left" = run."left" + found."left",
       stayed = run.stayed + found.size - found.entered, size = run.size + found.size, beat_at = %(now)s
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS found (run bigint, entered bigint, "left" bigint, size bigint)
 WHERE run.id = found.run AND run.state = 'running';
