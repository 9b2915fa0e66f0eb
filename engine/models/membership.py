"""A membership: whether a person is in an audience, since when, and what an uploaded list says of them."""

from django.db import models


class Membership(models.Model):
    pk = models.CompositePrimaryKey("shard", "profile_id", "audience_id")
    shard = models.SmallIntegerField()
    profile_id = models.BigIntegerField()
    audience_id = models.BigIntegerField()
    is_member = models.BooleanField()
    changed_at = models.DateTimeField()
    attributes = models.JSONField(null=True)

    class Meta:
        managed = False
        db_table = "engine_membership"

    def __str__(self) -> str:
        return f"{self.profile_id} in {self.audience_id}"
