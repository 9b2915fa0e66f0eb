"""Waves: a run of a read audience rests between its parts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0014_business_events"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="readrun",
            name="engine_read_run_open",
        ),
        migrations.AddField(
            model_name="readrun",
            name="upto",
            field=models.BigIntegerField(
                help_text="How many are read when this wave is over; empty: everybody.", null=True
            ),
        ),
        migrations.AddField(
            model_name="readrun",
            name="wave",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="The one that is being read, or was last; from 0."
            ),
        ),
        migrations.AddField(
            model_name="readrun",
            name="waves",
            field=models.JSONField(
                help_text="Of each wave: when it begins, and how many are read after it.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="readrun",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("gathering", "Gathering people"),
                    ("reading", "Reading"),
                    ("resting", "Between waves"),
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
        migrations.AddIndex(
            model_name="readrun",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "gathering", "reading", "resting"])),
                fields=["id"],
                name="engine_read_run_open",
            ),
        ),
    ]
