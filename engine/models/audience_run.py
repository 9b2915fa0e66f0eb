"""One evaluation of an audience: who entered, left and stayed, and how long it took."""

from django.db import models

from engine.models.audience import Audience


class AudienceRun(models.Model):
    class State(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=20, choices=State, default=State.RUNNING)
    is_incremental = models.BooleanField(
        default=False, help_text="Only those were looked at who changed since the last run."
    )
    asked_by = models.CharField(max_length=150, blank=True, help_text="Empty: it was due.")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    shards_done = models.PositiveSmallIntegerField(default=0, help_text="Of 64.")
    entered = models.BigIntegerField(default=0)
    left = models.BigIntegerField(default=0)
    stayed = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)
    beat_at = models.DateTimeField(null=True, help_text="When it was last seen at work.")
    unseen_since = models.DateTimeField(
        null=True, help_text="What was taken in from this moment on, it may not have seen yet."
    )

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [models.Index(fields=["audience", "-started_at"], name="engine_audience_run_latest")]

    def __str__(self) -> str:
        return f"{self.audience} at {self.started_at:%Y-%m-%d %H:%M}"
