-- What these people are called in these namespaces; of several identities in one, the oldest.
-- Index: engine_identity_of_profile.
SELECT DISTINCT ON (identity.profile_id, identity.namespace) identity.profile_id, identity.namespace, identity.value
  FROM engine_identity AS identity
 WHERE identity.profile_id = ANY (%(ids)s::bigint[]) AND identity.namespace = ANY (%(namespaces)s::text[])
 ORDER BY identity.profile_id, identity.namespace, identity.created_at, identity.value;
