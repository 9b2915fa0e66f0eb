"""Counts of a version, summed per batch into one row per (node, port, metric, minute, writer)."""

from django.db import models


class Counter(models.Model):
    pk = models.CompositePrimaryKey("version_id", "node", "port", "metric", "minute", "writer")
    version_id = models.BigIntegerField()
    node = models.TextField()
    port = models.TextField()
    metric = models.TextField()
    minute = models.DateTimeField()
    writer = models.IntegerField()
    value = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "engine_counter"

    def __str__(self) -> str:
        return f"{self.metric} {self.node}"
