"""Limits: how often a person may enter (rule sets), and whether as many people are held as may be."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

HOLDING = "ALTER TABLE engine_catalogue ADD COLUMN holds_no_more boolean NOT NULL DEFAULT false"
CAPS = ("entries_per_day", "entries_per_week", "entries_per_month", "journeys_at_once")


def cap():
    return models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)])


class Migration(migrations.Migration):
    dependencies = [("engine", "0006_caps")]

    operations = [
        migrations.RunSQL(HOLDING, "ALTER TABLE engine_catalogue DROP COLUMN holds_no_more"),
        migrations.CreateModel(
            name="RuleSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("description", models.CharField(blank=True, max_length=500)),
                *((name, cap()) for name in CAPS),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "sandbox",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rule_sets", to="engine.sandbox"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(fields=("sandbox", "name"), name="engine_rule_set_name"),
                    models.CheckConstraint(
                        condition=models.Q(*((f"{name}__isnull", False) for name in CAPS), _connector="OR"),
                        name="engine_rule_set_has_a_rule",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            *(models.Q((f"{name}__isnull", True), (f"{name}__gte", 1), _connector="OR") for name in CAPS)
                        ),
                        name="engine_rule_set_lets_somebody_in",
                    ),
                ],
            },
        ),
    ]
