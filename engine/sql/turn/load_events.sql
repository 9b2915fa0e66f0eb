-- What these people did that matched one of these definitions, newest first, `each` of a person.
-- Index: engine_event_of_profile.
SELECT wanted.id, event.id, event.occurred_at, event.payload, event.outcomes
  FROM unnest(%(ids)s::bigint[]) AS wanted (id)
 CROSS JOIN LATERAL (
     SELECT * FROM engine_event AS event
      WHERE event.profile_id = wanted.id AND event.outcomes @> ANY (%(outcomes)s::jsonb[])
      ORDER BY event.received_at DESC LIMIT %(each)s
 ) AS event;
