"""How the engine was in one minute: what waited, and since when."""

from django.db import models


class Sample(models.Model):
    """Noted at one moment of that minute. `late_seconds`: of the moment of a person that was due first."""

    minute = models.DateTimeField(primary_key=True)
    inbox = models.IntegerField()
    inbox_seconds = models.FloatField()
    overdue = models.IntegerField()
    late_seconds = models.FloatField()
    deliveries = models.IntegerField(help_text="Messages and calls that were not over.")
    delivery_seconds = models.FloatField()
    refused = models.IntegerField(help_text="Within the five minutes before.")

    class Meta:
        db_table = "engine_sample"

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M}"
