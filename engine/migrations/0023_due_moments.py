"""Only those who wait for a moment are in the index of moments.

The index no longer fits the question where a person is: with statistics of a table that had just been empty, PostgreSQL
answered it by reading everybody active in the shard: 350 million rows for 300,000 people who entered, which took twice as
long as all else.
"""

from django.db import migrations

ANEW = """
DROP INDEX engine_instance_due;
CREATE INDEX engine_instance_due ON engine_instance (shard, wake_at) WHERE ended_at IS NULL{more};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0022_members_by_shard"),
    ]

    operations = [
        migrations.RunSQL(ANEW.format(more=" AND wake_at IS NOT NULL"), ANEW.format(more="")),
    ]
