"""A profile: a person, with attributes. Its id decides its shard; see engine/shards.py."""

from django.db import models

from engine.models.sandbox import Sandbox


class Profile(models.Model):
    id = models.BigIntegerField(primary_key=True)
    shard = models.SmallIntegerField()
    sandbox = models.ForeignKey(Sandbox, on_delete=models.DO_NOTHING, related_name="+")
    attributes = models.JSONField()
    merged_into = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "engine_profile"

    def __str__(self) -> str:
        return f"Profile {self.id}"
