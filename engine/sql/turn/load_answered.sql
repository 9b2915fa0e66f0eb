-- What the business events say that these runs of read audiences answer.
-- Index: the primary key of engine_readrun.
SELECT id, event FROM engine_readrun WHERE id = ANY (%(ids)s) AND event IS NOT NULL;
