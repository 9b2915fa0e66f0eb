-- What workers did since a moment, one row for each `width`, and where their time went.
-- Locks: none.
-- Index: the primary key of engine_work.
SELECT date_bin(%(width)s, minute, 'epoch'), sum(taken), sum(steps), sum(claim), sum(load), sum(decide), sum(write),
       sum(commit)
  FROM engine_work
 WHERE minute >= %(since)s
 GROUP BY 1;
