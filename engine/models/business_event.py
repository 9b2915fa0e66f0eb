"""A business event that has come and has not been looked at yet: it belongs to nobody, and has audiences read."""

from django.db import models


class BusinessEvent(models.Model):
    sandbox_id = models.BigIntegerField()
    definitions = models.JSONField(help_text="The names of the business event definitions that it matched.")
    name = models.TextField()
    message_id = models.TextField()
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name} {self.id}"
