-- Whoever of these rows nobody knows becomes a person with that identity, as one does who sends an event.
-- Locks: waits for another transaction that adds the same identity; sorted, so that two never wait for each other.
-- Index: the primary key of engine_import_row, the primary key of engine_identity.
WITH unknown AS MATERIALIZED (
    SELECT DISTINCT listed.key
      FROM engine_import_row AS listed
      LEFT JOIN LATERAL (  -- one after the other, whatever is known of a table that has just been filled
          SELECT identity.profile_id FROM engine_identity AS identity
           WHERE identity.sandbox_id = %(sandbox)s AND identity.namespace = %(namespace)s
             AND identity.value = listed.key
           LIMIT 1
      ) AS known ON true
     WHERE listed.import_id = %(import)s AND listed.line > %(after)s AND listed.line <= %(last)s
       AND known.profile_id IS NULL
), added AS (
    INSERT INTO engine_identity (sandbox_id, namespace, value, profile_id, created_at)
    SELECT %(sandbox)s, %(namespace)s, key, nextval('engine_profile_id'), %(now)s
      FROM (SELECT key FROM unknown ORDER BY key) AS ordered
        ON CONFLICT DO NOTHING
    RETURNING profile_id
)
INSERT INTO engine_profile (shard, id, sandbox_id, attributes, created_at, updated_at)
SELECT profile_id %% 64, profile_id, %(sandbox)s, '{}', %(now)s, %(now)s FROM added;
