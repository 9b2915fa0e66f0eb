-- How far a run is now.
-- Locks: the run, which is held.
-- Index: the primary key of engine_readrun.
UPDATE engine_readrun
   SET read = read + %(moved)s, tokens = %(tokens)s, filled_at = %(now)s, after = %(after)s,
       state = CASE WHEN %(done)s THEN 'done' WHEN %(rests)s THEN 'resting' ELSE state END,
       finished_at = CASE WHEN %(done)s THEN %(now)s::timestamptz ELSE finished_at END
 WHERE id = %(run)s;
