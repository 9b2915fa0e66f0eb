"""Imports of uploaded lists: files, what was wrong with their rows, and who is still to be let in."""

import django.db.models.deletion
from django.db import migrations, models

# Queues: a row goes in the transaction in which it is dealt with.
QUEUES = """
CREATE TABLE engine_import_row (
    import_id bigint NOT NULL,
    line      bigint NOT NULL,
    key       text   NOT NULL,
    columns   jsonb  NOT NULL,
    PRIMARY KEY (import_id, line)
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE TABLE engine_import_member (
    import_id  bigint   NOT NULL,
    shard      smallint NOT NULL,
    profile_id bigint   NOT NULL,
    line       bigint   NOT NULL,
    is_new     boolean  NOT NULL,
    key        text     NOT NULL,
    columns    jsonb    NOT NULL,
    PRIMARY KEY (import_id, shard, profile_id, line)
) WITH (autovacuum_vacuum_scale_factor = 0.05);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0012_audience_evaluation"),
    ]

    operations = [
        migrations.RunSQL(QUEUES, "DROP TABLE engine_import_row, engine_import_member"),
        migrations.CreateModel(
            name="AudienceImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(blank=True, max_length=255)),
                ("namespace", models.CharField(help_text="What people are known by in the key column.", max_length=60)),
                ("key_column", models.CharField(max_length=100)),
                (
                    "columns",
                    models.JSONField(
                        default=list, help_text="The further columns: [as in the file, as in the audience]."
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("replace", "Replace"), ("add", "Add")],
                        help_text="Replace: who is not in the file leaves.",
                        max_length=20,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=20,
                    ),
                ),
                (
                    "rows",
                    models.BigIntegerField(
                        default=0, help_text="Rows of the file below its header, with those that count not."
                    ),
                ),
                ("bad", models.BigIntegerField(default=0, help_text="Rows that say of nobody who it is.")),
                (
                    "duplicates",
                    models.BigIntegerField(default=0, help_text="Rows of somebody who stands in an earlier one."),
                ),
                ("new_people", models.BigIntegerField(default=0, help_text="People nobody knew before.")),
                ("entered", models.BigIntegerField(default=0)),
                ("left", models.BigIntegerField(default=0)),
                ("stayed", models.BigIntegerField(default=0)),
                (
                    "recognised",
                    models.BigIntegerField(default=0, help_text="Rows of which it is known whose they are."),
                ),
                ("after", models.BigIntegerField(default=0, help_text="Every line up to this one is recognised.")),
                ("shards_done", models.PositiveSmallIntegerField(default=0, help_text="Of 64.")),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="How often going on has failed, since it last did."
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(blank=True, max_length=150)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("error_code", models.CharField(blank=True, max_length=60)),
                ("error", models.TextField(blank=True)),
                (
                    "audience",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="imports", to="engine.audience"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ImportProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.BigIntegerField()),
                ("code", models.CharField(max_length=30)),
                ("message", models.TextField()),
                ("key", models.TextField(blank=True)),
                (
                    "audience_import",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="problems", to="engine.audienceimport"
                    ),
                ),
            ],
            options={
                "ordering": ["line", "id"],
            },
        ),
        migrations.AddIndex(
            model_name="audienceimport",
            index=models.Index(fields=["audience", "-id"], name="engine_import_latest"),
        ),
        migrations.AddConstraint(
            model_name="audienceimport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["waiting", "running"])),
                fields=("audience",),
                name="engine_import_one_open",
            ),
        ),
        migrations.AddIndex(
            model_name="importproblem",
            index=models.Index(fields=["audience_import", "line"], name="engine_import_problem_line"),
        ),
        migrations.AddIndex(
            model_name="importproblem",
            index=models.Index(fields=["key"], name="engine_import_problem_key"),
        ),
    ]
