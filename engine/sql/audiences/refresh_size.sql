-- An audience has as many people as are in it now.
-- Locks: the row of the audience, if its size is another.
-- Index: engine_membership_of_audience.
UPDATE engine_audience SET size = counted.size
  FROM (SELECT count(*) AS size FROM engine_membership WHERE audience_id = %(audience)s AND is_member) AS counted
 WHERE id = %(audience)s AND engine_audience.size <> counted.size;
