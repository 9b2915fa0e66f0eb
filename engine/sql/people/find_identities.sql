-- Whose these identities are; no row for one nobody has.
-- Index: the primary key of engine_identity.
SELECT identity.sandbox_id, identity.namespace, identity.value, identity.profile_id
  FROM unnest(%(sandboxes)s::bigint[], %(namespaces)s::text[], %(values)s::text[]) AS wanted (sandbox_id, namespace, value)
  JOIN engine_identity AS identity USING (sandbox_id, namespace, value);
