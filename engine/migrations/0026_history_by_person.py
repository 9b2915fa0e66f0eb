"""A step is in one index instead of two, which finds the steps of a person; history goes where its person goes.

Rows of people who were merged kept the shard they were written in. Now they move, too: events need no index for those few, and
whose steps are looked for is always in the shard of the person.
"""

from django.db import migrations

MOVE = """
UPDATE engine_event SET shard = profile_id % 64 WHERE shard <> profile_id % 64;
UPDATE engine_step SET shard = profile_id % 64 WHERE shard <> profile_id % 64;
UPDATE engine_discard SET shard = profile_id % 64 WHERE shard <> profile_id % 64;
DROP INDEX engine_event_moved;
"""
ONE_KEY = """
ALTER TABLE engine_step DROP CONSTRAINT engine_step_pkey, ADD PRIMARY KEY (shard, profile_id, id, at);
DROP INDEX engine_step_of_profile;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0025_seen_messages_by_age"),
    ]

    operations = [
        migrations.RunSQL(MOVE),
        migrations.RunSQL(ONE_KEY),
    ]
