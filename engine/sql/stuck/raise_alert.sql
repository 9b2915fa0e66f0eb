-- Open the alert of a journey, or count on: of what goes on, how many it is now; of what was mended, how many more,
-- which brings it back when somebody has dismissed it.
-- Locks: the row of the alert.
-- Index: engine_alert_one_open.
INSERT INTO engine_alert AS alert (sandbox_id, journey_id, code, message, count, first_at, last_at, dismissed_by)
VALUES (%(sandbox_id)s, %(journey_id)s, %(code)s, '', %(many)s, %(now)s, %(now)s, '')
ON CONFLICT (journey_id, code) WHERE resolved_at IS NULL DO UPDATE
   SET count = CASE WHEN %(goes_on)s THEN 0 ELSE alert.count END + excluded.count,
       last_at = excluded.last_at,
       dismissed_at = CASE WHEN %(goes_on)s THEN alert.dismissed_at END,
       dismissed_by = CASE WHEN %(goes_on)s THEN alert.dismissed_by ELSE '' END
RETURNING alert.id, alert.count, alert.first_at = alert.last_at;
