"""An event that was refused at the door, with the reason, for a person to see."""

from django.db import models

from engine.models.sandbox import Sandbox


class RejectedEvent(models.Model):
    sandbox = models.ForeignKey(Sandbox, on_delete=models.CASCADE, related_name="+")
    received_at = models.DateTimeField()
    dialect = models.CharField(max_length=20)
    code = models.CharField(max_length=60)
    message = models.CharField(max_length=500)
    item = models.TextField(help_text="The item as it was sent, at most 4,000 characters.")

    class Meta:
        ordering = ["-received_at"]
        indexes = [models.Index(fields=["sandbox", "-received_at"], name="engine_rejected_latest")]

    def __str__(self) -> str:
        return f"{self.code} {self.received_at:%Y-%m-%d %H:%M}"
