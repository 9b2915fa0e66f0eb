"""What became of an experiment: the shares that hold by now, and the treatment that everybody gets."""

from django.db import models


class Experiment(models.Model):
    version_id = models.BigIntegerField()
    node = models.CharField(max_length=64)
    shares = models.JSONField(default=list, help_text="Treatment by treatment, from 0 to 1; empty: as in the settings.")
    reweighed_at = models.DateTimeField(null=True)
    winner = models.CharField(max_length=64, blank=True)
    scaled_at = models.DateTimeField(null=True)
    scaled_by = models.CharField(max_length=150, blank=True, help_text="Empty: it was scaled by itself.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version_id", "node"], name="engine_experiment_once")]

    def __str__(self) -> str:
        return f"{self.node} of version {self.version_id}"
