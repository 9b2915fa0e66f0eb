-- A shard in which somebody is still to be let in: they were merged into a person there.
-- Index: the primary key of engine_import_member.
SELECT shard FROM engine_import_member WHERE import_id = %(import)s ORDER BY shard LIMIT 1;
