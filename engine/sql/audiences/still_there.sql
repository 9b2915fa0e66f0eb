-- Audiences that are still there, and when each was last changed. While this transaction lasts, none of them goes.
-- Locks: the rows read, against being deleted.
-- Index: the primary key of engine_audience.
SELECT id, updated_at FROM engine_audience WHERE id = ANY (%(audiences)s::bigint[]) ORDER BY id FOR KEY SHARE;
