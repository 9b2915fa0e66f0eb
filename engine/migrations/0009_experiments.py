"""Which treatment each person has, and what became of experiments."""

from django.db import migrations, models

TABLE = """
CREATE TABLE engine_assignment (
    shard        smallint    NOT NULL,
    profile_id   bigint      NOT NULL,
    version_id   bigint      NOT NULL,
    node         text        NOT NULL,
    treatment    text        NOT NULL,
    assigned_at  timestamptz NOT NULL,
    succeeded_at timestamptz,
    PRIMARY KEY (shard, profile_id, version_id, node)
) WITH (fillfactor = 90);
CREATE INDEX engine_assignment_old ON engine_assignment (assigned_at);
"""


class Migration(migrations.Migration):
    dependencies = [("engine", "0008_supplemental_ids")]

    operations = [
        migrations.RunSQL(TABLE, "DROP TABLE engine_assignment"),
        migrations.CreateModel(
            name="Experiment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version_id", models.BigIntegerField()),
                ("node", models.CharField(max_length=64)),
                (
                    "shares",
                    models.JSONField(
                        default=list, help_text="Treatment by treatment, from 0 to 1; empty: as in the settings."
                    ),
                ),
                ("reweighed_at", models.DateTimeField(null=True)),
                ("winner", models.CharField(blank=True, max_length=64)),
                ("scaled_at", models.DateTimeField(null=True)),
                (
                    "scaled_by",
                    models.CharField(blank=True, help_text="Empty: it was scaled by itself.", max_length=150),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("version_id", "node"), name="engine_experiment_once")]
            },
        ),
    ]
