"""A rule set: how often a person may enter the journeys that carry it, and in how many they may be at once."""

from django.core.validators import MinValueValidator
from django.db import models

from engine.models.sandbox import Sandbox

CAPS = ("entries_per_day", "entries_per_week", "entries_per_month", "journeys_at_once")


class RuleSet(models.Model):
    sandbox = models.ForeignKey(Sandbox, on_delete=models.CASCADE, related_name="rule_sets")
    name = models.CharField(max_length=60)
    description = models.CharField(max_length=500, blank=True)
    # Days, weeks (from Monday) and months of UTC. Empty: as often as it comes.
    entries_per_day = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    entries_per_week = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    entries_per_month = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    journeys_at_once = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["sandbox", "name"], name="engine_rule_set_name"),
            models.CheckConstraint(
                condition=models.Q(*((f"{cap}__isnull", False) for cap in CAPS), _connector=models.Q.OR),
                name="engine_rule_set_has_a_rule",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    *(models.Q(**{f"{cap}__isnull": True}) | models.Q(**{f"{cap}__gte": 1}) for cap in CAPS)
                ),
                name="engine_rule_set_lets_somebody_in",
            ),
        ]

    def __str__(self) -> str:
        return self.name
