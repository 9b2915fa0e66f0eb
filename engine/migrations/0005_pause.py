"""A version can be paused: its people are held, or taken out, at the next step that acts."""

from django.db import migrations, models

HELD = """
ALTER TABLE engine_instance
    DROP CONSTRAINT engine_instance_state_check, DROP CONSTRAINT engine_instance_check,
    DROP CONSTRAINT engine_instance_check1,
    ADD CONSTRAINT engine_instance_state
        CHECK (state IN ('active', 'held', 'completed', 'error', 'stopped', 'timed_out', 'exited')),
    ADD CONSTRAINT engine_instance_inside_or_ended CHECK ((state IN ('active', 'held')) = (ended_at IS NULL)),
    -- Nobody is stuck: whoever is inside has a moment at which the engine looks again.
    ADD CONSTRAINT engine_instance_not_stuck CHECK (ended_at IS NOT NULL OR wake_at IS NOT NULL);
-- Who is held in a version, to be released.
CREATE INDEX engine_instance_held ON engine_instance (version_id, id) WHERE state = 'held';
"""


class Migration(migrations.Migration):
    dependencies = [("engine", "0004_expressions")]

    operations = [
        migrations.AddField(
            "definition",
            "pause_mode",
            models.CharField(
                blank=True,
                choices=[
                    ("hold", "Hold people at the next step that acts"),
                    ("discard", "Take people out at the next step that acts"),
                ],
                default="",
                max_length=20,
            ),
        ),
        migrations.AddField("definition", "attribute_exit", models.JSONField(default=dict)),
        migrations.AlterField(
            "definition",
            "status",
            models.CharField(
                choices=[
                    ("live", "Live"),
                    ("paused", "Paused"),
                    ("resuming", "Resuming"),
                    ("closed", "Closed"),
                    ("stopped", "Stopped"),
                    ("finished", "Finished"),
                ],
                max_length=20,
            ),
        ),
        migrations.RemoveConstraint("definition", "engine_definition_one_live"),
        migrations.AddConstraint(
            "definition",
            models.UniqueConstraint(
                condition=models.Q(status__in=["live", "paused", "resuming"]),
                fields=("journey_id",),
                name="engine_definition_one_live",
            ),
        ),
        migrations.AddConstraint(
            "definition",
            models.CheckConstraint(
                condition=models.Q(status="paused", pause_mode__in=["hold", "discard"])
                | ~models.Q(status="paused") & models.Q(pause_mode=""),
                name="engine_definition_pause_mode",
            ),
        ),
        migrations.AlterField(
            "instance",
            "state",
            models.TextField(
                choices=[
                    ("active", "Inside"),
                    ("held", "Held"),
                    ("completed", "Completed"),
                    ("error", "Ended in error"),
                    ("stopped", "Stopped"),
                    ("timed_out", "Timed out"),
                    ("exited", "Exited"),
                ]
            ),
        ),
        migrations.RunSQL(HELD, migrations.RunSQL.noop),
    ]
