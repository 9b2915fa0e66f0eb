"""An event definition: how an event is recognised, whose it is, and which fields journeys receive."""

import uuid

from django.core.validators import RegexValidator
from django.db import models

from engine.models.sandbox import Sandbox


class EventDefinition(models.Model):
    class Type(models.TextChoices):
        UNITARY = "unitary", "Unitary"
        BUSINESS = "business", "Business"

    class IdType(models.TextChoices):
        RULE_BASED = "rule_based", "Rule-based"
        SYSTEM_GENERATED = "system_generated", "System-generated"

    sandbox = models.ForeignKey(Sandbox, on_delete=models.CASCADE, related_name="event_definitions")
    name = models.CharField(
        max_length=30, validators=[RegexValidator(r"^[A-Za-z0-9_]+\Z", "Use letters, digits and _ only.")]
    )
    description = models.CharField(max_length=500, blank=True)
    type = models.CharField(
        max_length=20,
        choices=Type,
        default=Type.UNITARY,
        db_default=Type.UNITARY,
        help_text="Unitary: something that one person did. Business: it belongs to nobody, and has an audience read.",
    )
    id_type = models.CharField(max_length=20, choices=IdType, default=IdType.RULE_BASED)
    rule = models.TextField(
        blank=True, help_text="Rule-based: a condition over the payload that says: this is my event."
    )
    event_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    schema = models.JSONField(default=dict, help_text="JSON Schema of the payload.")
    fields = models.JSONField(default=list, help_text="Dotted paths that journeys receive; empty: all.")
    namespace = models.CharField(
        max_length=60, blank=True, help_text="Kind of the key; empty: a journey without profile."
    )
    key_expression = models.TextField(
        blank=True, help_text="Who it is about; empty: the sender's identity in the namespace."
    )
    supplemental_namespace = models.CharField(
        max_length=60, blank=True, default="", help_text="Kind of the supplemental id; empty: there is none."
    )
    supplemental_expression = models.TextField(
        blank=True, default="", help_text="What a run is about, beside who: a text, or a list of them for a run each."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["sandbox", "name"], name="engine_event_definition_name")]

    def __str__(self) -> str:
        return self.name
