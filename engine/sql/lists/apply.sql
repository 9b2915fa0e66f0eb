-- The people of a shard enter a list, stay in it, or, where it is replaced, leave it. Somebody's first line counts.
-- Who has to hear of it finds it in their inbox. `asks`: streaming audiences are asked about people nobody knew.
-- Locks: the rows written (their shard is held).
-- Index: the primary keys of engine_import_member, engine_profile and engine_membership.
WITH listed AS MATERIALIZED (
    SELECT member.profile_id, member.line, member.is_new, member.key, member.columns,
           first_value(member.line) OVER (PARTITION BY member.profile_id ORDER BY member.line) AS first
      FROM engine_import_member AS member
      JOIN engine_profile AS profile ON profile.shard = %(shard)s AND profile.id = member.profile_id
     WHERE member.import_id = %(import)s AND member.shard = %(shard)s AND profile.merged_into IS NULL
), present AS MATERIALIZED (
    SELECT profile_id, is_new, columns FROM listed WHERE line = first
), before AS MATERIALIZED (
    SELECT profile_id, attributes FROM engine_membership
     WHERE shard = %(shard)s AND audience_id = %(audience)s AND is_member
), entered AS (
    INSERT INTO engine_membership AS membership (shard, profile_id, audience_id, is_member, changed_at, attributes)
    SELECT %(shard)s, present.profile_id, %(audience)s, true, %(now)s, present.columns
      FROM present LEFT JOIN before USING (profile_id)
     WHERE before.profile_id IS NULL
        ON CONFLICT (shard, profile_id, audience_id) DO UPDATE
       SET is_member = true, changed_at = excluded.changed_at, attributes = excluded.attributes
    RETURNING profile_id
), said AS (
    UPDATE engine_membership AS membership
       SET attributes = CASE WHEN %(replaces)s THEN present.columns
                             ELSE coalesce(before.attributes, '{}') || present.columns END
      FROM present JOIN before USING (profile_id)
     WHERE membership.shard = %(shard)s AND membership.profile_id = present.profile_id
       AND membership.audience_id = %(audience)s AND before.attributes IS DISTINCT FROM present.columns
), gone AS (
    UPDATE engine_membership AS membership SET is_member = false, changed_at = %(now)s, attributes = NULL
      FROM before LEFT JOIN present USING (profile_id)
     WHERE %(replaces)s AND present.profile_id IS NULL
       AND membership.shard = %(shard)s AND membership.profile_id = before.profile_id
       AND membership.audience_id = %(audience)s
    RETURNING membership.profile_id
), told AS (
    INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at)
    SELECT %(shard)s, %(sandbox)s, profile_id, 'membership', payload, %(now)s
      FROM (SELECT profile_id, json_build_object('check', 'all') AS payload FROM present WHERE %(asks)s AND is_new
            UNION ALL
            SELECT profile_id, json_build_object('audience', %(audience)s::bigint, 'is_member', is_member,
                                                 'at', %(at)s::text)
              FROM (SELECT profile_id, true AS is_member FROM entered
                    UNION ALL SELECT profile_id, false FROM gone) AS changed
             WHERE %(is_heard)s) AS item
), noted AS (
    INSERT INTO engine_importproblem (audience_import_id, line, code, message, key)
    SELECT %(import)s, line, 'duplicate', 'The same person as line ' || first || '; that line counts.', key
      FROM listed WHERE line <> first ORDER BY line LIMIT %(most)s
)
SELECT (SELECT count(*) FROM entered), (SELECT count(*) FROM gone), (SELECT count(*) FROM listed WHERE line <> first);
