"""Runs of read audiences, who is still to be read in them, and how those who were read fared."""

from django.db import migrations, models

QUEUES = """
CREATE TABLE engine_read_member (
    run_id     bigint NOT NULL,
    profile_id bigint NOT NULL,
    columns    jsonb,
    PRIMARY KEY (run_id, profile_id)
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE TABLE engine_read_count (
    run_id  bigint  NOT NULL,
    writer  integer NOT NULL,
    entered bigint  NOT NULL,
    refused bigint  NOT NULL,
    PRIMARY KEY (run_id, writer)
) WITH (fillfactor = 50);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0010_audiences"),
    ]

    operations = [
        migrations.RunSQL(QUEUES, "DROP TABLE engine_read_member, engine_read_count"),
        migrations.CreateModel(
            name="ReadCount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run_id", "writer", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("run_id", models.BigIntegerField()),
                ("writer", models.IntegerField()),
                ("entered", models.BigIntegerField()),
                ("refused", models.BigIntegerField()),
            ],
            options={
                "db_table": "engine_read_count",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="ReadMember",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run_id", "profile_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("run_id", models.BigIntegerField()),
                ("profile_id", models.BigIntegerField()),
                ("columns", models.JSONField(null=True)),
            ],
            options={
                "db_table": "engine_read_member",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="ReadRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sandbox_id", models.BigIntegerField()),
                ("journey_id", models.BigIntegerField()),
                ("version_id", models.BigIntegerField()),
                ("audience_id", models.BigIntegerField(help_text="Once its people are gathered.", null=True)),
                ("audience_name", models.CharField(max_length=100)),
                ("due_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("gathering", "Gathering people"),
                            ("reading", "Reading"),
                            ("done", "Done"),
                            ("skipped", "Skipped"),
                            ("failed", "Failed"),
                            ("dropped", "Dropped"),
                            ("expired", "Expired"),
                        ],
                        default="waiting",
                        max_length=20,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("paused", "The version was paused."),
                            ("ended", "The version was closed or stopped."),
                            ("no_evaluation", "The audience was not evaluated anew in time."),
                            ("no_audience", "There is no such audience any more."),
                            ("not_gathered", "The people could not be gathered within an hour."),
                            ("too_late", "It could not begin within 12 hours."),
                        ],
                        max_length=20,
                    ),
                ),
                ("retries", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                (
                    "snapshot_at",
                    models.DateTimeField(help_text="Who was in the audience at this moment is read.", null=True),
                ),
                (
                    "evaluated_at",
                    models.DateTimeField(help_text="The evaluation of the audience that was read.", null=True),
                ),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("total", models.BigIntegerField(default=0)),
                ("read", models.BigIntegerField(default=0)),
                ("rate", models.PositiveIntegerField()),
                ("tokens", models.FloatField(default=0, help_text="How many may enter at once, at the moment below.")),
                ("filled_at", models.DateTimeField(null=True)),
                ("after", models.BigIntegerField(default=0, help_text="Everybody up to this profile has been read.")),
            ],
            options={
                "ordering": ["-due_at", "-id"],
                "indexes": [
                    models.Index(fields=["journey_id", "-due_at"], name="engine_read_run_of_journey"),
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "gathering", "reading"])),
                        fields=["id"],
                        name="engine_read_run_open",
                    ),
                    models.Index(
                        condition=models.Q(("state", "reading")), fields=["id"], name="engine_read_run_reading"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("version_id", "due_at"), name="engine_read_run_once")],
            },
        ),
    ]
