"""An identity: a namespace and a value that name one profile."""

from django.db import models

from engine.models.sandbox import Sandbox


class Identity(models.Model):
    pk = models.CompositePrimaryKey("sandbox_id", "namespace", "value")
    sandbox = models.ForeignKey(Sandbox, on_delete=models.DO_NOTHING, related_name="+")
    namespace = models.TextField()
    value = models.TextField()
    profile_id = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "engine_identity"

    def __str__(self) -> str:
        return f"{self.namespace}:{self.value}"
