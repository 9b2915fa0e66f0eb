"""What the turns of a worker came to, minute by minute, and where their time went."""

from django.db import models

PHASES = ("claim", "load", "decide", "write", "commit")


class Work(models.Model):
    """Seconds in `claim`, `load`, `decide`, `write` and `commit`, as engine/runtime/phases.py explains them."""

    pk = models.CompositePrimaryKey("minute", "writer")
    minute = models.DateTimeField()
    writer = models.IntegerField(help_text="The worker, by a number that it drew.")
    turns = models.BigIntegerField(default=0)
    taken = models.BigIntegerField(default=0, help_text="Events, moments and answers.")
    steps = models.BigIntegerField(default=0)
    claim = models.FloatField(default=0)
    load = models.FloatField(default=0)
    decide = models.FloatField(default=0)
    write = models.FloatField(default=0)
    commit = models.FloatField(default=0)

    class Meta:
        db_table = "engine_work"

    def __str__(self) -> str:
        return f"{self.writer} {self.minute:%H:%M}"
