-- How many people of a sandbox one shard holds, up to so many.
-- Index: the primary key of engine_profile.
SELECT count(*) FROM (
    SELECT FROM engine_profile
     WHERE shard = %(shard)s AND sandbox_id = %(sandbox)s AND merged_into IS NULL LIMIT %(most)s
) AS person;
