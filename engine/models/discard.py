"""A discard: an entry or an event that was refused. Kept, so that "why did X not get it?" has an answer."""

from django.db import models


class Discard(models.Model):
    id = models.BigIntegerField(primary_key=True)
    shard = models.SmallIntegerField()
    at = models.DateTimeField()
    sandbox_id = models.BigIntegerField()
    profile_id = models.BigIntegerField()
    journey_id = models.BigIntegerField(null=True)
    version_id = models.BigIntegerField(null=True)
    event = models.TextField()
    code = models.TextField()
    details = models.JSONField(null=True)

    class Meta:
        managed = False
        db_table = "engine_discard"

    def __str__(self) -> str:
        return f"{self.code} {self.event}"
