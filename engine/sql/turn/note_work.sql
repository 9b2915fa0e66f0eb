-- What turns of a worker came to, and where their time went, added to its minute.
-- Locks: the row of this worker.
-- Index: the primary key of engine_work.
INSERT INTO engine_work AS work (minute, writer, turns, taken, steps, claim, load, decide, write, commit)
VALUES (date_trunc('minute', %(now)s::timestamptz), %(writer)s, %(turns)s, %(stimuli)s, %(steps)s,
        %(claim)s, %(load)s, %(decide)s, %(write)s, %(commit)s)
ON CONFLICT (minute, writer) DO UPDATE
   SET turns = work.turns + excluded.turns, taken = work.taken + excluded.taken, steps = work.steps + excluded.steps,
       claim = work.claim + excluded.claim, load = work.load + excluded.load, decide = work.decide + excluded.decide,
       write = work.write + excluded.write, commit = work.commit + excluded.commit;
