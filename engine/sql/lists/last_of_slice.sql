-- The last line of the next rows whose people are to be recognised.
-- Index: the primary key of engine_import_row.
SELECT max(line) FROM (
    SELECT line FROM engine_import_row WHERE import_id = %(import)s AND line > %(after)s ORDER BY line LIMIT %(most)s
) AS next;
