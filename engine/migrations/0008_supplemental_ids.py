"""What a run is about, beside who: named by the event that starts it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("engine", "0007_limits")]

    operations = [
        migrations.AddField(
            model_name="eventdefinition",
            name="supplemental_namespace",
            field=models.CharField(
                blank=True, default="", help_text="Kind of the supplemental id; empty: there is none.", max_length=60
            ),
        ),
        migrations.AddField(
            model_name="eventdefinition",
            name="supplemental_expression",
            field=models.TextField(
                blank=True,
                default="",
                help_text="What a run is about, beside who: a text, or a list of them for a run each.",
            ),
        ),
    ]
