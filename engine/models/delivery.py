"""A delivery: one message or call to make, exactly one row for each visit of an action."""

from django.db import models


class Delivery(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        DROPPED = "dropped", "Dropped"

    id = models.BigIntegerField(primary_key=True)
    shard = models.SmallIntegerField()
    sandbox_id = models.BigIntegerField()
    profile_id = models.BigIntegerField()
    journey_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    instance_id = models.BigIntegerField()
    node = models.TextField()
    visit = models.IntegerField()
    channel = models.TextField()
    state = models.TextField(choices=State)
    attempts = models.SmallIntegerField()
    due_at = models.DateTimeField()
    leased_by = models.TextField(null=True)
    recipient = models.TextField(null=True)
    content = models.JSONField(null=True)
    response = models.JSONField(null=True)
    error_code = models.TextField(null=True)
    error = models.TextField(null=True)
    outcomes_unknown = models.SmallIntegerField(default=0)  # attempts followed by another, though they may have arrived
    duplicates_prevented = models.SmallIntegerField(default=0)  # attempts, or results, that would have come twice
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "engine_delivery"
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.channel} {self.id}"
