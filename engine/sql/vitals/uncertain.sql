-- Attempts of which nobody knows what became of them, and repetitions held back, of the deliveries that are kept.
-- Index: engine_delivery_uncertain.
SELECT coalesce(sum(outcomes_unknown), 0), coalesce(sum(duplicates_prevented), 0)
  FROM engine_delivery
 WHERE outcomes_unknown > 0 OR duplicates_prevented > 0;
