"""How far an evaluation is and what the next one must look at; events that moved to another shard's person."""

from django.db import migrations, models

# An event of somebody who was merged keeps the shard it was written in. There are few: a small index finds them.
MOVED = """
CREATE INDEX engine_event_moved ON engine_event ((profile_id % 64)) WHERE shard <> profile_id % 64;
"""


class Migration(migrations.Migration):
    dependencies = [("engine", "0011_read_audiences")]

    operations = [
        migrations.RunSQL(MOVED, "DROP INDEX engine_event_moved"),
        migrations.AddField(
            model_name="audiencerun",
            name="beat_at",
            field=models.DateTimeField(null=True, help_text="When it was last seen at work."),
        ),
        migrations.AddField(
            model_name="audiencerun",
            name="unseen_since",
            field=models.DateTimeField(
                null=True, help_text="What was taken in from this moment on, it may not have seen yet."
            ),
        ),
    ]
