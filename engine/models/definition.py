"""A definition: the published form of a version. Its graph never changes; only whether people may enter does."""

from django.db import models

from engine.models.sandbox import Sandbox


class Definition(models.Model):
    class Status(models.TextChoices):
        LIVE = "live", "Live"
        CLOSED = "closed", "Closed"
        STOPPED = "stopped", "Stopped"
        FINISHED = "finished", "Finished"

    version_id = models.BigIntegerField(primary_key=True)
    sandbox = models.ForeignKey(Sandbox, on_delete=models.CASCADE, related_name="definitions")
    journey_id = models.BigIntegerField(db_index=True)
    journey_name = models.CharField(max_length=200)
    number = models.CharField(max_length=20)
    status = models.CharField(max_length=20, choices=Status)
    graph = models.JSONField()
    properties = models.JSONField(default=dict)
    world = models.JSONField(default=dict)  # the events it uses, as they were when it was published
    deployed_at = models.DateTimeField()
    deployed_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["journey_id"], condition=models.Q(status="live"), name="engine_definition_one_live"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.journey_name} {self.number}"
