-- Everybody in an audience: who they are, since when, and what an uploaded list says of them.
-- Index: engine_membership_of_audience; engine_identity_of_profile, and the primary key of engine_profile, for each.
SELECT membership.profile_id, coalesce(known.value, ''), coalesce(profile.attributes ->> 'email', ''),
       membership.changed_at, membership.attributes
  FROM engine_membership AS membership
 CROSS JOIN LATERAL (
      SELECT attributes FROM engine_profile  -- LIMIT: looked up one by one, so that the first rows come at once
       WHERE shard = membership.shard AND id = membership.profile_id LIMIT 1
  ) AS profile
  LEFT JOIN LATERAL (
      SELECT value FROM engine_identity WHERE profile_id = membership.profile_id
       ORDER BY array_position(%(preferred)s::text[], namespace), namespace, value LIMIT 1
  ) AS known ON true
 WHERE membership.audience_id = %(audience)s AND membership.is_member
 ORDER BY membership.shard, membership.profile_id;
