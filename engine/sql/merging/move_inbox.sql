-- What waits for the younger profile waits for the survivor now, in the same order.
-- Locks: the items written (both shards are held).
-- Index: the primary key of engine_inbox.
UPDATE engine_inbox SET shard = %(winner)s %% 64, profile_id = %(winner)s
 WHERE shard = %(loser)s %% 64 AND profile_id = %(loser)s AND kind <> 'merge';
