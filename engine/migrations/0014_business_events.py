"""Business events: definitions of a type of their own, a queue for those that came, and the runs that answer them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0013_imports"),
    ]

    operations = [
        migrations.CreateModel(
            name="BusinessEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sandbox_id", models.BigIntegerField()),
                (
                    "definitions",
                    models.JSONField(help_text="The names of the business event definitions that it matched."),
                ),
                ("name", models.TextField()),
                ("message_id", models.TextField()),
                ("payload", models.JSONField()),
                ("occurred_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="readrun",
            name="engine_read_run_once",
        ),
        migrations.AddField(
            model_name="eventdefinition",
            name="type",
            field=models.CharField(
                choices=[("unitary", "Unitary"), ("business", "Business")],
                db_default="unitary",
                default="unitary",
                help_text="Unitary: something that one person did. Business: it belongs to nobody, and has an audience read.",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="readrun",
            name="event",
            field=models.JSONField(help_text="What that event says to the journey.", null=True),
        ),
        migrations.AddField(
            model_name="readrun",
            name="event_id",
            field=models.BigIntegerField(help_text="The business event that this run answers, if any.", null=True),
        ),
        migrations.AlterField(
            model_name="readrun",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("paused", "The version was paused."),
                    ("ended", "The version was closed or stopped."),
                    ("no_evaluation", "The audience was not evaluated anew in time."),
                    ("no_audience", "There is no such audience any more."),
                    ("not_gathered", "The people could not be gathered within an hour."),
                    ("too_late", "It could not begin within 12 hours."),
                    ("overtaken", "A further business event came meanwhile."),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="readrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("event_id__isnull", True)),
                fields=("version_id", "due_at"),
                name="engine_read_run_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="readrun",
            constraint=models.UniqueConstraint(fields=("version_id", "event_id"), name="engine_read_run_of_event"),
        ),
    ]
