"""A definition keeps the events it was published with: a later change of theirs cannot make it unreadable."""

from django.db import migrations, models

IMMUTABLE = """
CREATE OR REPLACE FUNCTION engine_definition_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.graph IS DISTINCT FROM OLD.graph OR NEW.properties IS DISTINCT FROM OLD.properties
       OR NEW.world IS DISTINCT FROM OLD.world
       OR NEW.journey_id <> OLD.journey_id OR NEW.sandbox_id <> OLD.sandbox_id THEN
        RAISE EXCEPTION 'A published definition never changes (version %)', OLD.version_id;
    END IF;
    RETURN NEW;
END $$;
"""


PUBLISHED_BEFORE = """
UPDATE engine_definition AS definition
   SET world = jsonb_build_object('events', coalesce(found.events, '{}'))
  FROM (SELECT sandbox.id, (SELECT jsonb_object_agg(name, jsonb_build_object('namespace', namespace, 'schema', schema))
                              FROM engine_eventdefinition WHERE sandbox_id = sandbox.id) AS events
          FROM engine_sandbox AS sandbox) AS found
 WHERE found.id = definition.sandbox_id;
"""


class Migration(migrations.Migration):
    dependencies = [("engine", "0002_people")]

    operations = [
        migrations.AddField("definition", "world", models.JSONField(default=dict)),
        migrations.RunSQL(PUBLISHED_BEFORE, migrations.RunSQL.noop),
        migrations.RunSQL(IMMUTABLE, migrations.RunSQL.noop),
    ]
