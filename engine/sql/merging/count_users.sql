-- How many of these profiles have a user id of their own.
-- Index: engine_identity_of_profile.
SELECT count(DISTINCT profile_id) FROM engine_identity
 WHERE profile_id = ANY (%(profiles)s::bigint[]) AND namespace = 'userId';
