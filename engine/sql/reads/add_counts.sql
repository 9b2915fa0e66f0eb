-- Add how those fared who were read: one row per run and writer, so that no two writers meet.
-- Locks: the rows of this writer.
-- Index: the primary key of engine_read_count.
INSERT INTO engine_read_count AS counted (run_id, writer, entered, refused)
SELECT run_id, %(writer)s, sum(entered), sum(refused)
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS added (run_id bigint, entered bigint, refused bigint)
 WHERE run_id IS NOT NULL
 GROUP BY run_id
ON CONFLICT (run_id, writer) DO UPDATE
   SET entered = counted.entered + excluded.entered, refused = counted.refused + excluded.refused;
