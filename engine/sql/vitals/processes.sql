-- The connections of our processes to this database, by the name that they give.
-- Locks: none.
-- Index: none; pg_stat_activity has a row for each connection.
SELECT application_name, count(*)
  FROM pg_stat_activity
 WHERE datname = current_database() AND application_name LIKE 'journeyopt %%'
 GROUP BY application_name;
