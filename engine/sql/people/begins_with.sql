-- People with an identity that begins with a text, in any namespace: from each, the first few at or after the text.
-- Index: the primary key of engine_identity, once for each namespace (its names are stepped through in the same index).
WITH RECURSIVE kind AS (
    SELECT min(namespace) AS namespace FROM engine_identity WHERE sandbox_id = %(sandbox)s
    UNION ALL
    SELECT (SELECT min(namespace) FROM engine_identity
             WHERE sandbox_id = %(sandbox)s AND namespace > kind.namespace)
      FROM kind WHERE kind.namespace IS NOT NULL
)
SELECT near.profile_id
  FROM kind, LATERAL (
      SELECT profile_id, value FROM engine_identity
       WHERE sandbox_id = %(sandbox)s AND namespace = kind.namespace AND value >= %(text)s
       ORDER BY value LIMIT %(most)s
  ) AS near
 WHERE starts_with(near.value, %(text)s)
 LIMIT %(most)s;
