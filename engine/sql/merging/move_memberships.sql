-- The survivor is in every audience that either was in, since the earlier moment; the next evaluation asks the rules.
-- Locks: the rows written (both shards are held).
-- Index: the primary key of engine_membership.
WITH moved AS (
    DELETE FROM engine_membership WHERE shard = %(loser)s %% 64 AND profile_id = %(loser)s
    RETURNING audience_id, is_member, changed_at, attributes
)
INSERT INTO engine_membership AS kept (shard, profile_id, audience_id, is_member, changed_at, attributes)
SELECT %(winner)s %% 64, %(winner)s, audience_id, is_member, changed_at, attributes FROM moved
    ON CONFLICT (shard, profile_id, audience_id) DO UPDATE
   SET is_member = kept.is_member OR excluded.is_member,
       changed_at = CASE WHEN kept.is_member = excluded.is_member THEN least(kept.changed_at, excluded.changed_at)
                         WHEN kept.is_member THEN kept.changed_at ELSE excluded.changed_at END,
       attributes = CASE WHEN kept.is_member OR NOT excluded.is_member THEN coalesce(kept.attributes, excluded.attributes)
                         ELSE coalesce(excluded.attributes, kept.attributes) END;
