"""A step event: the audit record of one processed node."""

from django.db import models


class StepEvent(models.Model):
    id = models.BigIntegerField(primary_key=True)
    shard = models.SmallIntegerField()
    at = models.DateTimeField()
    sandbox_id = models.BigIntegerField()
    journey_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    instance_id = models.BigIntegerField()
    profile_id = models.BigIntegerField()
    visit = models.IntegerField()
    node = models.TextField()
    port = models.TextField(null=True)
    status = models.TextField()
    details = models.JSONField(null=True)

    class Meta:
        managed = False
        db_table = "engine_step"

    def __str__(self) -> str:
        return f"{self.node} {self.status}"
