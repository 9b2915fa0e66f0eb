-- Who was refused since a moment, by code.
-- Index: engine_discard_latest, a range for each sandbox.
SELECT discard.code, count(*)
  FROM engine_sandbox AS sandbox
 CROSS JOIN LATERAL (
     SELECT code FROM engine_discard WHERE sandbox_id = sandbox.id AND at >= %(since)s
 ) AS discard
 GROUP BY discard.code;
