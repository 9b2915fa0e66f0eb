-- Forget identities that name profiles which are not there.
-- Locks: the identities deleted.
-- Index: engine_identity_of_profile.
DELETE FROM engine_identity WHERE profile_id = ANY (%(profiles)s::bigint[]);
