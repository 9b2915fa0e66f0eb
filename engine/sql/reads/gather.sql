-- Who is in an audience now is to be read. `since`: those alone who came in after it, up to `until`; null: everybody.
-- Locks: none; for newcomers the caller holds every shard, so that a change is in this run or in the next, never in none.
-- Index: engine_membership_of_audience.
INSERT INTO engine_read_member (run_id, profile_id, columns)
SELECT %(run)s, member.profile_id, member.attributes
  FROM engine_membership AS member
 WHERE member.audience_id = %(audience)s AND member.is_member
   AND (%(until)s::timestamptz IS NULL OR member.changed_at <= %(until)s::timestamptz)
   AND (%(since)s::timestamptz IS NULL OR member.changed_at > %(since)s::timestamptz)
   AND NOT EXISTS (SELECT FROM engine_profile AS profile
                    WHERE profile.id = member.profile_id AND profile.merged_into IS NOT NULL);
