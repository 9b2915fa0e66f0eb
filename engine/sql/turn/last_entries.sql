-- When each of these people last entered each of these journeys and left it again, by supplemental key; no row when never.
-- Index: engine_instance_history.
SELECT wanted.profile_id, wanted.journey_id, wanted.supplemental_key, last.entered_at
  FROM unnest(%(profiles)s::bigint[], %(journeys)s::bigint[], %(supplements)s::text[])
    AS wanted (profile_id, journey_id, supplemental_key)
 CROSS JOIN LATERAL (
     SELECT instance.entered_at FROM engine_instance AS instance
      WHERE instance.profile_id = wanted.profile_id AND instance.journey_id = wanted.journey_id
        AND instance.supplemental_key = wanted.supplemental_key AND instance.ended_at IS NOT NULL
      ORDER BY instance.entered_at DESC LIMIT 1
 ) AS last;
