-- What workers did since a moment, and where their time went.
-- Index: the primary key of engine_work.
SELECT coalesce(sum(turns), 0)::bigint, coalesce(sum(taken), 0)::bigint, coalesce(sum(steps), 0)::bigint, coalesce(sum(claim), 0),
       coalesce(sum(load), 0), coalesce(sum(decide), 0), coalesce(sum(write), 0), coalesce(sum(commit), 0)
  FROM engine_work WHERE minute >= %(since)s;
