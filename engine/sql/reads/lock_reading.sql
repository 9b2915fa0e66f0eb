-- The runs that are being read, and that no other worker reads just now.
-- Locks: their rows; one that another worker holds is skipped, never waited for.
-- Index: engine_read_run_reading.
SELECT id, sandbox_id, version_id, audience_name, rate, tokens, filled_at, after, upto - read AS left
  FROM engine_readrun
 WHERE state = 'reading'
 ORDER BY id
   FOR UPDATE SKIP LOCKED;
