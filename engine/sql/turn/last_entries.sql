-- When each of these people last entered each of these journeys; no row when never.
-- Index: engine_instance_history.
SELECT wanted.profile_id, wanted.journey_id, last.entered_at
  FROM unnest(%(profiles)s::bigint[], %(journeys)s::bigint[]) AS wanted (profile_id, journey_id)
 CROSS JOIN LATERAL (
     SELECT instance.entered_at FROM engine_instance AS instance
      WHERE instance.profile_id = wanted.profile_id AND instance.journey_id = wanted.journey_id
      ORDER BY instance.entered_at DESC LIMIT 1
 ) AS last;
