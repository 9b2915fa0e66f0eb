-- Forget what people are known by in files that are being imported. They are few, and read through.
-- Locks: the rows deleted.
-- Index: the primary key of engine_import_row, engine_identity_of_profile.
DELETE FROM engine_import_row AS gone
 USING (SELECT import.id, listed.line
          FROM engine_audienceimport AS import
          JOIN engine_audience AS audience ON audience.id = import.audience_id
         CROSS JOIN LATERAL (
               SELECT line, key FROM engine_import_row WHERE import_id = import.id ORDER BY line OFFSET 0
               ) AS listed
          JOIN engine_identity AS identity
            ON identity.profile_id = ANY (%(profiles)s::bigint[]) AND identity.sandbox_id = audience.sandbox_id
           AND identity.namespace = import.namespace AND identity.value = listed.key
         WHERE import.state IN ('waiting', 'running')) AS found
 WHERE gone.import_id = found.id AND gone.line = found.line;
