"""An audience: a set of people, by a rule, by an uploaded list, or composed of other audiences."""

from django.db import models

from engine.models.sandbox import Sandbox


class Audience(models.Model):
    class Kind(models.TextChoices):
        RULE = "rule", "Rule"
        UPLOAD = "upload", "Uploaded list"
        COMPOSITION = "composition", "Composition"

    class Evaluation(models.TextChoices):
        BATCH = "batch", "Batch"
        STREAMING = "streaming", "Streaming"

    sandbox = models.ForeignKey(Sandbox, on_delete=models.CASCADE, related_name="audiences")
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, blank=True)
    kind = models.CharField(max_length=20, choices=Kind)
    evaluation = models.CharField(max_length=20, choices=Evaluation, default=Evaluation.BATCH)
    rule = models.TextField(blank=True, help_text="Who is in it. Of a composition: written from its parts.")
    types = models.JSONField(
        default=dict,
        blank=True,
        help_text="The attributes that the rule reads, by type, as it was kept: it means the same tomorrow.",
    )
    composition = models.JSONField(
        default=dict,
        blank=True,
        help_text='{"operator": "union", "audiences": ["A", "B"]}; see definition/audience.py.',
    )
    namespace = models.CharField(
        max_length=60, blank=True, help_text="Of an uploaded list: what its people are known by."
    )
    columns = models.JSONField(default=list, blank=True, help_text="Of an uploaded list: its further columns, by name.")
    every = models.DurationField(null=True, blank=True, help_text="How often it is evaluated; empty: on demand alone.")
    next_at = models.DateTimeField(null=True, blank=True, help_text="When it is evaluated next.")
    evaluated_at = models.DateTimeField(null=True, blank=True, help_text="When it was last evaluated, or imported.")
    size = models.BigIntegerField(default=0, help_text="How many people were in it then.")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150, blank=True)
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["sandbox", "name"], name="engine_audience_name"),
            models.CheckConstraint(
                condition=models.Q(kind="upload", rule="") | ~models.Q(kind="upload") & ~models.Q(rule=""),
                name="engine_audience_has_a_rule",
            ),
        ]
        indexes = [models.Index(fields=["next_at"], name="engine_audience_due")]

    def __str__(self) -> str:
        return self.name
