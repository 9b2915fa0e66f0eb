"""An import: a file that says who is in an uploaded list. It was read whole; its people are let in shard by shard."""

from django.db import models
from django.db.models import Q

from engine.models.audience import Audience
from engine.shards import SHARDS


class AudienceImport(models.Model):
    class Mode(models.TextChoices):
        REPLACE = "replace", "Replace"
        ADD = "add", "Add"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="imports")
    file_name = models.CharField(max_length=255, blank=True)
    namespace = models.CharField(max_length=60, help_text="What people are known by in the key column.")
    key_column = models.CharField(max_length=100)
    columns = models.JSONField(default=list, help_text="The further columns: [as in the file, as in the audience].")
    namespace_before = models.CharField(
        max_length=60, blank=True, default="", db_default="", help_text="What the list had before this file."
    )
    columns_before = models.JSONField(default=list, db_default=[], help_text="What the list had before this file.")
    mode = models.CharField(max_length=20, choices=Mode, help_text="Replace: who is not in the file leaves.")
    state = models.CharField(max_length=20, choices=State, default=State.WAITING)
    rows = models.BigIntegerField(default=0, help_text="Rows of the file below its header, with those that count not.")
    bad = models.BigIntegerField(default=0, help_text="Rows that say of nobody who it is.")
    duplicates = models.BigIntegerField(default=0, help_text="Rows of somebody who stands in an earlier one.")
    new_people = models.BigIntegerField(default=0, help_text="People nobody knew before.")
    entered = models.BigIntegerField(default=0)
    left = models.BigIntegerField(default=0)
    stayed = models.BigIntegerField(default=0)
    recognised = models.BigIntegerField(default=0, help_text="Rows of which it is known whose they are.")
    after = models.BigIntegerField(default=0, help_text="Every line up to this one is recognised.")
    shards_done = models.PositiveSmallIntegerField(default=0, help_text="Of 64.")
    attempts = models.PositiveSmallIntegerField(
        default=0, help_text="How often going on has failed, since it last did."
    )
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150, blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=60, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["audience"], condition=Q(state__in=["waiting", "running"]), name="engine_import_one_open"
            ),
        ]
        indexes = [models.Index(fields=["audience", "-id"], name="engine_import_latest")]

    def __str__(self) -> str:
        return f"{self.file_name or 'a list'} into {self.audience}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_IMPORT

    @property
    def can_be_cancelled(self) -> bool:
        """Nobody was let in, and nobody taken out."""
        return self.is_open and self.shards_done == 0

    @property
    def left_out(self) -> int:
        """Rows that let nobody in."""
        return self.bad + self.duplicates

    @property
    def progress(self) -> float:
        """How far it is, from 0 to 1: people are recognised, and then let in."""
        if self.state == self.State.DONE:
            return 1.0
        known = self.recognised / max(1, self.rows - self.bad)
        return (known + self.shards_done / SHARDS) / 2


OPEN_IMPORT = (AudienceImport.State.WAITING, AudienceImport.State.RUNNING)
