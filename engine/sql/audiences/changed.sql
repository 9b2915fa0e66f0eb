-- The people of a sandbox of whom something is known anew since a moment, up to so many: an attribute, or an event.
-- Index: engine_profile_latest and engine_event_latest.
SELECT DISTINCT id FROM (
    (SELECT id FROM engine_profile
      WHERE sandbox_id = %(sandbox)s AND merged_into IS NULL AND updated_at >= %(since)s LIMIT %(most)s)
    UNION ALL
    (SELECT profile_id FROM engine_event
      WHERE sandbox_id = %(sandbox)s AND received_at >= %(since)s LIMIT %(most)s * 10)
) AS changed LIMIT %(most)s;
