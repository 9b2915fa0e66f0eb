-- Lease deliveries that are due to one courier, with what it needs to build them.
-- A lease that ran out is due again: its courier died, or hung, between taking and noting. If it was another's, nobody
-- knows whether that one had sent it; if the same courier still has it in hand, it is not made a second time.
-- Locks: the deliveries taken; one that another courier holds is skipped.
-- Index: engine_delivery_due; the primary keys of engine_instance_inside and engine_profile and engine_membership.
WITH due AS MATERIALIZED (
    SELECT shard, id FROM engine_delivery
     WHERE state IN ('queued', 'sending') AND due_at <= %(now)s
     ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
), leased AS (
    UPDATE engine_delivery AS delivery
       SET state = 'sending', leased_by = %(courier)s, due_at = %(until)s,
           attempts = attempts + (delivery.state = 'queued' OR delivery.leased_by <> %(courier)s)::int,
           outcomes_unknown = outcomes_unknown + (delivery.state = 'sending' AND delivery.leased_by <> %(courier)s)::int,
           duplicates_prevented = duplicates_prevented
                                + (delivery.state = 'sending' AND delivery.id = ANY(%(held)s::bigint[]))::int
      FROM due WHERE delivery.shard = due.shard AND delivery.id = due.id
    RETURNING delivery.*
)
SELECT leased.shard, leased.id, leased.sandbox_id, leased.profile_id, leased.version_id, leased.instance_id,
       leased.node, leased.visit, leased.channel, leased.attempts, leased.created_at,
       instance.context, instance.key, instance.entered_at,
       coalesce(instance.context -> 'profile', profile.attributes) AS attributes,
       ARRAY(SELECT audience.name FROM engine_membership AS member JOIN engine_audience AS audience
               ON audience.id = member.audience_id
              WHERE member.shard = leased.profile_id %% 64 AND member.profile_id = leased.profile_id
                AND member.is_member) AS audiences
  FROM leased
  LEFT JOIN engine_instance AS instance
    ON instance.shard = leased.profile_id %% 64 AND instance.id = leased.instance_id AND instance.ended_at IS NULL
  LEFT JOIN engine_profile AS profile ON profile.shard = leased.profile_id %% 64 AND profile.id = leased.profile_id;
