"""An event as it arrived, what it matched, and what it did."""

from django.db import models


class Event(models.Model):
    id = models.BigIntegerField(primary_key=True)
    shard = models.SmallIntegerField()
    sandbox_id = models.BigIntegerField()
    profile_id = models.BigIntegerField()
    name = models.TextField()
    message_id = models.TextField()
    payload = models.JSONField()
    outcomes = models.JSONField()  # [{"definition": "OrderPlaced", "journey": 3, "version": 7, "did": "entered"}]
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "engine_event"

    def __str__(self) -> str:
        return f"{self.name} {self.id}"
