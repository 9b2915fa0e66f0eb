-- Forget the rows of files that were left out and named these people.
-- Locks: the rows deleted.
-- Index: engine_identity_of_profile, engine_import_problem_key.
DELETE FROM engine_importproblem AS problem
 USING engine_identity AS identity, engine_audienceimport AS import, engine_audience AS audience
 WHERE identity.profile_id = ANY (%(profiles)s::bigint[]) AND problem.key = identity.value
   AND import.id = problem.audience_import_id AND identity.namespace = import.namespace
   AND audience.id = import.audience_id AND identity.sandbox_id = audience.sandbox_id;
