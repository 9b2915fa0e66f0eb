"""Mail that the local catcher took in: what a real server would have carried on."""

from django.db import models


class CaughtMail(models.Model):
    received_at = models.DateTimeField(db_index=True)
    message_id = models.CharField(max_length=200, db_index=True)
    sender = models.CharField(max_length=320)
    recipient = models.CharField(max_length=320)
    subject = models.CharField(max_length=998)
    source = models.TextField(help_text="The message as it came over the wire.")

    class Meta:
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return self.subject
