"""Message ids that are over are found by their age: without an index, forgetting any of them read the whole table."""

from django.db import migrations

BY_AGE = """
CREATE INDEX engine_seen_message_old ON engine_seen_message (seen_at);
ALTER TABLE engine_seen_message SET (autovacuum_vacuum_scale_factor = 0.02);
"""
AS_IT_WAS = """
DROP INDEX engine_seen_message_old;
ALTER TABLE engine_seen_message RESET (autovacuum_vacuum_scale_factor);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0024_runs_over"),
    ]

    operations = [
        migrations.RunSQL(BY_AGE, AS_IT_WAS),
    ]
