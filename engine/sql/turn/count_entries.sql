-- How often each of these people entered these versions since the day, the week and the month began; no row when never.
-- Person by person: a version may have had millions of people this month, and each of them a handful of entries.
-- Index: engine_instance_one_active, engine_instance_history.
SELECT wanted.id, entered.version_id, entered.in_day, entered.in_week, entered.in_month
  FROM unnest(%(ids)s::bigint[]) AS wanted (id)
 CROSS JOIN LATERAL (
     SELECT instance.version_id,
            count(*) FILTER (WHERE instance.entered_at >= %(day)s) AS in_day,
            count(*) FILTER (WHERE instance.entered_at >= %(week)s) AS in_week,
            count(*) FILTER (WHERE instance.entered_at >= %(month)s) AS in_month
       FROM engine_instance AS instance
      WHERE instance.shard = wanted.id %% 64 AND instance.profile_id = wanted.id
        AND instance.entered_at >= least(%(week)s::timestamptz, %(month)s::timestamptz)
        AND instance.version_id = ANY (%(versions)s::bigint[])
      GROUP BY instance.version_id
 ) AS entered;
