"""A definition: the published form of a version. Its graph never changes; only whether people may enter does."""

from django.db import models

from engine.models.sandbox import Sandbox


class PauseMode(models.TextChoices):
    HOLD = "hold", "Hold people at the next step that acts"
    DISCARD = "discard", "Take people out at the next step that acts"


class Definition(models.Model):
    class Status(models.TextChoices):
        LIVE = "live", "Live"
        PAUSED = "paused", "Paused"
        RESUMING = "resuming", "Resuming"
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

    pause_mode = models.CharField(max_length=20, choices=PauseMode, blank=True, default="")
    # People of whom this is true leave at the next step that acts: {"label", "condition"}, or empty.
    attribute_exit = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["journey_id"],
                condition=models.Q(status__in=["live", "paused", "resuming"]),
                name="engine_definition_one_live",
            ),
            models.CheckConstraint(
                condition=models.Q(status="paused", pause_mode__in=["hold", "discard"])
                | ~models.Q(status="paused") & models.Q(pause_mode=""),
                name="engine_definition_pause_mode",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.journey_name} {self.number}"
