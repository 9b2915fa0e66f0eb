-- Of the problems of an import, the first in the order of their lines are kept.
-- Locks: the rows deleted.
-- Index: engine_import_problem_line.
DELETE FROM engine_importproblem
 WHERE audience_import_id = %(import)s
   AND line > (SELECT line FROM engine_importproblem WHERE audience_import_id = %(import)s
                ORDER BY line OFFSET %(most)s - 1 LIMIT 1);
