"""An inbox item: one stimulus that waits for the engine. Everything that can move a person passes through here."""

from typing import Any

from django.db import models


class ReadJson(models.JSONField):
    """A column of type json: psycopg has read it already, Django need not."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value


class InboxItem(models.Model):
    id = models.BigIntegerField(primary_key=True)
    shard = models.SmallIntegerField()
    sandbox_id = models.BigIntegerField()
    profile_id = models.BigIntegerField()
    kind = models.TextField()
    payload = ReadJson()
    received_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "engine_inbox"

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
