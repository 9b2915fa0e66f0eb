"""An instance: one run of one version for one key. It stands at a node (an action) or a port (listening)."""

from django.db import models


class Instance(models.Model):
    class State(models.TextChoices):
        ACTIVE = "active", "Inside"
        HELD = "held", "Held"
        COMPLETED = "completed", "Completed"
        ERROR = "error", "Ended in error"
        STOPPED = "stopped", "Stopped"
        TIMED_OUT = "timed_out", "Timed out"
        EXITED = "exited", "Exited"

    id = models.BigIntegerField(primary_key=True)
    shard = models.SmallIntegerField()
    sandbox_id = models.BigIntegerField()
    profile_id = models.BigIntegerField()
    journey_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    key = models.TextField()
    supplemental_key = models.TextField()
    state = models.TextField(choices=State)
    node = models.TextField()
    port = models.TextField(null=True)
    visit = models.IntegerField()
    timers = models.JSONField(null=True)
    wake_at = models.DateTimeField(null=True)
    entered_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    context = models.JSONField()

    class Meta:
        managed = False
        db_table = "engine_instance"

    def __str__(self) -> str:
        return f"Instance {self.id}"
