-- Note what came of deliveries, and tell their instances. A lease that was lost in between is not overwritten.
-- Answers the ids of those that were noted.
-- Locks: the deliveries written.
-- Index: the primary key of engine_delivery.
WITH result AS (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS result (
        shard smallint, id bigint, state text, recipient text, content jsonb, response jsonb,
        error_code text, error text, unknown smallint, told json)
), noted AS (
    UPDATE engine_delivery AS delivery
       SET state = result.state, recipient = result.recipient, content = result.content, response = result.response,
           error_code = result.error_code, error = result.error, finished_at = %(now)s, leased_by = NULL,
           outcomes_unknown = delivery.outcomes_unknown + result.unknown
      FROM result
     WHERE delivery.shard = result.shard AND delivery.id = result.id
       AND delivery.state = 'sending' AND delivery.leased_by = %(courier)s
    RETURNING delivery.id, delivery.sandbox_id, delivery.profile_id, result.told
), heard AS (
    INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at)
    SELECT profile_id %% 64, sandbox_id, profile_id, 'result', told, %(now)s FROM noted WHERE told IS NOT NULL
)
SELECT id FROM noted;
