-- Who is to be woken at another moment than the first of their timers, or the end of their stay; the first `most` of a
-- shard. What cannot be read is due now. Who is due already may have been put off, by a minute.
-- Locks: none (under the shard's lock, what is found cannot move).
-- Index: engine_instance_due.
SELECT instance.id, instance.sandbox_id, instance.journey_id, right_one.moment
  FROM engine_instance AS instance
 CROSS JOIN LATERAL (
     SELECT least(instance.expires_at,
                  min(CASE WHEN pg_input_is_valid(timer.moment, 'timestamptz') THEN timer.moment::timestamptz
                           ELSE %(now)s::timestamptz END)) AS moment
       FROM jsonb_each_text(CASE jsonb_typeof(instance.timers) WHEN 'object' THEN instance.timers END)
            AS timer (name, moment)
 ) AS right_one
 WHERE instance.shard = %(shard)s AND instance.ended_at IS NULL AND instance.wake_at IS NOT NULL
   AND instance.wake_at <> right_one.moment
   AND NOT (right_one.moment <= %(now)s AND instance.wake_at <= %(until)s)
 LIMIT %(most)s;
