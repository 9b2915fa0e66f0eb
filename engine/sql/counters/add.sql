-- Add a batch's counts: one row per (version, node, port, metric, minute, writer), so that no two writers meet.
-- Locks: the rows of this writer.
-- Index: the primary key of engine_counter.
INSERT INTO engine_counter AS counter (version_id, node, port, metric, minute, writer, value)
SELECT version_id, node, port, metric, date_trunc('minute', %(now)s::timestamptz), %(writer)s, value
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS added (version_id bigint, node text, port text, metric text, value bigint)
ON CONFLICT (version_id, node, port, metric, minute, writer) DO UPDATE SET value = counter.value + excluded.value;
