"""Audiences, who is in them, and what their evaluations came to."""

import django.db.models.deletion
from django.db import migrations, models

MEMBERSHIPS = """
CREATE TABLE engine_membership (
    shard       smallint    NOT NULL,
    profile_id  bigint      NOT NULL,
    audience_id bigint      NOT NULL,
    is_member   boolean     NOT NULL,
    changed_at  timestamptz NOT NULL,
    attributes  jsonb,
    PRIMARY KEY (shard, profile_id, audience_id)
) WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05);
-- Who is in an audience, in one order: the list of its people, its size, and the reading of it.
CREATE INDEX engine_membership_of_audience ON engine_membership (audience_id, profile_id) WHERE is_member;
"""
KINDS = """
ALTER TABLE engine_inbox DROP CONSTRAINT engine_inbox_kind_check;
ALTER TABLE engine_inbox ADD CONSTRAINT engine_inbox_kind_check
    CHECK (kind IN ('event', 'result', 'merge', 'control', 'membership', 'entry'));
"""
KINDS_BEFORE = """
DELETE FROM engine_inbox WHERE kind IN ('membership', 'entry');
ALTER TABLE engine_inbox DROP CONSTRAINT engine_inbox_kind_check;
ALTER TABLE engine_inbox ADD CONSTRAINT engine_inbox_kind_check CHECK (kind IN ('event', 'result', 'merge', 'control'));
"""


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0009_experiments"),
    ]

    operations = [
        migrations.RunSQL(MEMBERSHIPS, "DROP TABLE engine_membership"),
        migrations.RunSQL(KINDS, KINDS_BEFORE),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shard",
                        "profile_id",
                        "audience_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("shard", models.SmallIntegerField()),
                ("profile_id", models.BigIntegerField()),
                ("audience_id", models.BigIntegerField()),
                ("is_member", models.BooleanField()),
                ("changed_at", models.DateTimeField()),
                ("attributes", models.JSONField(null=True)),
            ],
            options={
                "db_table": "engine_membership",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Audience",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("description", models.CharField(blank=True, max_length=500)),
                (
                    "kind",
                    models.CharField(
                        choices=[("rule", "Rule"), ("upload", "Uploaded list"), ("composition", "Composition")],
                        max_length=20,
                    ),
                ),
                (
                    "evaluation",
                    models.CharField(
                        choices=[("batch", "Batch"), ("streaming", "Streaming")], default="batch", max_length=20
                    ),
                ),
                (
                    "rule",
                    models.TextField(blank=True, help_text="Who is in it. Of a composition: written from its parts."),
                ),
                (
                    "types",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="The attributes that the rule reads, by type, as it was kept: it means the same tomorrow.",
                    ),
                ),
                (
                    "composition",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='{"operator": "union", "audiences": ["A", "B"]}; see definition/audience.py.',
                    ),
                ),
                (
                    "namespace",
                    models.CharField(
                        blank=True, help_text="Of an uploaded list: what its people are known by.", max_length=60
                    ),
                ),
                (
                    "columns",
                    models.JSONField(
                        blank=True, default=list, help_text="Of an uploaded list: its further columns, by name."
                    ),
                ),
                (
                    "every",
                    models.DurationField(
                        blank=True, help_text="How often it is evaluated; empty: on demand alone.", null=True
                    ),
                ),
                ("next_at", models.DateTimeField(blank=True, help_text="When it is evaluated next.", null=True)),
                (
                    "evaluated_at",
                    models.DateTimeField(blank=True, help_text="When it was last evaluated, or imported.", null=True),
                ),
                ("size", models.BigIntegerField(default=0, help_text="How many people were in it then.")),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(blank=True, max_length=150)),
                ("updated_at", models.DateTimeField()),
                ("updated_by", models.CharField(blank=True, max_length=150)),
                (
                    "sandbox",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="audiences", to="engine.sandbox"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="AudienceRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Running"), ("done", "Done"), ("failed", "Failed")],
                        default="running",
                        max_length=20,
                    ),
                ),
                (
                    "is_incremental",
                    models.BooleanField(
                        default=False, help_text="Only those were looked at who changed since the last run."
                    ),
                ),
                ("asked_by", models.CharField(blank=True, help_text="Empty: it was due.", max_length=150)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("shards_done", models.PositiveSmallIntegerField(default=0, help_text="Of 64.")),
                ("entered", models.BigIntegerField(default=0)),
                ("left", models.BigIntegerField(default=0)),
                ("stayed", models.BigIntegerField(default=0)),
                ("size", models.BigIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                (
                    "audience",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="runs", to="engine.audience"
                    ),
                ),
            ],
            options={
                "ordering": ["-started_at", "-id"],
            },
        ),
        migrations.AddIndex(
            model_name="audience",
            index=models.Index(fields=["next_at"], name="engine_audience_due"),
        ),
        migrations.AddConstraint(
            model_name="audience",
            constraint=models.UniqueConstraint(fields=("sandbox", "name"), name="engine_audience_name"),
        ),
        migrations.AddConstraint(
            model_name="audience",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "upload"), ("rule", "")),
                    models.Q(models.Q(("kind", "upload"), _negated=True), models.Q(("rule", ""), _negated=True)),
                    _connector="OR",
                ),
                name="engine_audience_has_a_rule",
            ),
        ),
        migrations.AddIndex(
            model_name="audiencerun",
            index=models.Index(fields=["audience", "-started_at"], name="engine_audience_run_latest"),
        ),
    ]
