"""Who is in an audience, shard by shard: an evaluation writes each shard in one place of the index, and is a tenth faster."""

from django.db import migrations

ANEW = """
DROP INDEX engine_membership_of_audience;
CREATE INDEX engine_membership_of_audience ON engine_membership (audience_id, {columns}) WHERE is_member;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0021_samples"),
    ]

    operations = [
        migrations.RunSQL(ANEW.format(columns="shard, profile_id"), ANEW.format(columns="profile_id")),
    ]
