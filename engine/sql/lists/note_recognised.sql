-- How far an import is with its rows.
-- Locks: the import, which is held.
-- Index: the primary key of engine_audienceimport.
UPDATE engine_audienceimport
   SET state = 'running', started_at = coalesce(started_at, %(now)s), recognised = recognised + %(moved)s,
       after = %(after)s, new_people = new_people + %(made)s, attempts = 0
 WHERE id = %(import)s;
