"""Who is inside and who was: two parts of one table, by whether the run has ended.

In one table, a run that began and ended in one turn was put into the hole of a page of those who wait: another page for each,
which had to be written whole after a checkpoint. With three million inside, 1.09 page images an event; now 0.09.
Those inside need no index for history, and what was is found by its end when it is to be forgotten.
"""

from django.db import migrations

APART = """
ALTER TABLE engine_instance RENAME TO engine_instance_before;
DROP INDEX engine_instance_inside;

CREATE TABLE engine_instance (
    LIKE engine_instance_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS
) PARTITION BY LIST (ended_at);
CREATE TABLE engine_instance_inside PARTITION OF engine_instance FOR VALUES IN (NULL)
    WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02);
CREATE TABLE engine_instance_over PARTITION OF engine_instance DEFAULT;

INSERT INTO engine_instance (
    shard, id, sandbox_id, profile_id, journey_id, version_id, key, supplemental_key, state, node, port, visit, timers, wake_at,
    entered_at, moved_at, expires_at, ended_at, context
) SELECT
    shard, id, sandbox_id, profile_id, journey_id, version_id, key, supplemental_key, state, node, port, visit, timers, wake_at,
    entered_at, moved_at, expires_at, ended_at, context
  FROM engine_instance_before;
DROP TABLE engine_instance_before;

ALTER TABLE engine_instance_inside ADD PRIMARY KEY (shard, id);
-- One person, one active instance per journey over all its versions, and for one thing.
CREATE UNIQUE INDEX engine_instance_one_active
    ON engine_instance_inside (shard, profile_id, journey_id, supplemental_key);
-- Only those who wait for a moment. For where a person is, it must not fit: with statistics of a table that had just been empty,
-- PostgreSQL would read everybody in the shard.
CREATE INDEX engine_instance_due ON engine_instance_inside (shard, wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX engine_instance_inside_at ON engine_instance_inside (version_id, node);
-- Who is held in a version, to be released.
CREATE INDEX engine_instance_held ON engine_instance_inside (version_id, id) WHERE state = 'held';

ALTER TABLE engine_instance_over ADD PRIMARY KEY (shard, id);
CREATE INDEX engine_instance_history ON engine_instance_over (profile_id, journey_id, entered_at);
CREATE INDEX engine_instance_ended ON engine_instance_over (ended_at);

-- Who walked through a version, newest first: the people behind a count, and the step events written out.
CREATE INDEX engine_instance_of_version ON engine_instance (version_id, id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0023_due_moments"),
    ]

    operations = [
        migrations.RunSQL(APART),
    ]
