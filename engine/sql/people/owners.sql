-- Whose these identities are, in this order; NULL for one nobody has. One array: rows cost whoever reads them 1 us each.
-- Index: the primary key of engine_identity, once for each identity, however many there are.
SELECT array_agg((SELECT identity.profile_id FROM engine_identity AS identity
                   WHERE identity.sandbox_id = wanted.sandbox_id AND identity.namespace = wanted.namespace
                     AND identity.value = wanted.value))
  FROM unnest(%(sandboxes)s::bigint[], %(namespaces)s::text[], %(values)s::text[]) AS wanted (sandbox_id, namespace, value);
