"""What the designer keeps: journeys and their versions, who may touch them, and what was done."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from designer.errors import IllegalMove
from designer.states import CURRENT, MOVES, Status, allowed_from
from engine.models import Sandbox
from engine.models.definition import PauseMode

ACTED_BY: dict[str, Any] = {"null": True, "blank": True, "on_delete": models.SET_NULL, "related_name": "+"}


def in_graph(path: str, column: str) -> models.GeneratedField:
    """A column that holds what a JSON path finds in another one, as a list."""
    found = models.Func(models.F(column), template=f"jsonb_path_query_array(%(expressions)s, {path})")
    return models.GeneratedField(expression=found, output_field=models.JSONField(), db_persist=True)


class Role(models.TextChoices):
    VIEWER = "viewer", "Viewer"
    MARKETER = "marketer", "Marketer"
    ENGINEER = "engineer", "Data engineer"
    ADMINISTRATOR = "administrator", "Administrator"


class Membership(models.Model):
    """What one user may do in one sandbox."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    sandbox = models.ForeignKey(Sandbox, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role, default=Role.VIEWER)

    class Meta:
        ordering = ["sandbox__name", "user__username"]
        constraints = [
            models.UniqueConstraint(fields=["user", "sandbox"], name="designer_membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="designer_membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.sandbox}: {self.get_role_display()}"


class Tag(models.Model):
    """A word by which journeys are found. Made when it is first used, gone when nothing has it any more."""

    sandbox = models.ForeignKey(Sandbox, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=50)

    class Meta:
        ordering = [Lower("name")]
        constraints = [
            models.UniqueConstraint(Lower("name"), "sandbox", name="designer_tag_name"),
            models.CheckConstraint(condition=~models.Q(name=""), name="designer_tag_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Journey(models.Model):
    """The named container of versions."""

    sandbox = models.ForeignKey(Sandbox, on_delete=models.PROTECT, related_name="journeys")
    name = models.CharField(max_length=200)
    description = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, **ACTED_BY)
    changed_at = models.DateTimeField(help_text="The last save or move of any version, or a new name.")
    tags = models.ManyToManyField(Tag, related_name="journeys", blank=True)

    class Meta:
        ordering = ["-changed_at", "-id"]
        constraints = [
            models.UniqueConstraint(Lower("name"), "sandbox", name="designer_journey_name"),
            models.CheckConstraint(condition=~models.Q(name=""), name="designer_journey_has_a_name"),
        ]
        indexes = [
            models.Index(fields=["sandbox", "-changed_at", "-id"], name="designer_journey_changed"),
            models.Index(fields=["sandbox", "-created_at", "-id"], name="designer_journey_created"),
        ]

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """The unit that is designed and published. What may follow what: designer/states.py."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="versions")
    major = models.PositiveIntegerField()
    minor = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    graph = models.JSONField()
    properties = models.JSONField(default=dict, blank=True)
    revision = models.PositiveIntegerField(default=1, help_text="Counts every save, so that two editors notice.")
    payload_bytes = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, **ACTED_BY)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, **ACTED_BY)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it stopped taking people in.")
    pause_mode = models.CharField(max_length=20, choices=PauseMode, blank=True, default="")
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.ForeignKey(settings.AUTH_USER_MODEL, **ACTED_BY)
    resumes_at = models.DateTimeField(null=True, blank=True, help_text="When it resumes by itself.")
    resumed_at = models.DateTimeField(null=True, blank=True)
    resumed_by = models.ForeignKey(settings.AUTH_USER_MODEL, **ACTED_BY)

    # What stands in its graph, taken out by the database at every save: lists look here, not into 4 MB of JSON.
    begins_with = in_graph("'$.nodes[*] ? (!(@.id == $.edges[*].to)).type'", "graph")
    activities = in_graph("'$.nodes[*].type'", "graph")
    event_steps = in_graph("'$.nodes[*] ? (@.type == \"event\").settings.event'", "graph")
    event_exits = in_graph("'$.exit_criteria[*].event'", "properties")

    class Meta:
        ordering = ["-major", "-minor"]
        constraints = [
            models.UniqueConstraint(fields=["journey", "major", "minor"], name="designer_version_number"),
            models.UniqueConstraint(
                fields=["journey"], condition=models.Q(status__in=sorted(CURRENT)), name="designer_version_one_live"
            ),
            # That only the latest version may be a draft is held by a trigger: see migration 0002.
            models.UniqueConstraint(
                fields=["journey"], condition=models.Q(status=Status.DRAFT), name="designer_version_one_draft"
            ),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="designer_version_status"),
            models.CheckConstraint(
                condition=models.Q(status=Status.DRAFT, published_at__isnull=True)
                | ~models.Q(status=Status.DRAFT) & models.Q(published_at__isnull=False),
                name="designer_version_published_iff_not_draft",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=[Status.DRAFT, *sorted(CURRENT)], ended_at__isnull=True)
                | ~models.Q(status__in=[Status.DRAFT, *sorted(CURRENT)]) & models.Q(ended_at__isnull=False),
                name="designer_version_ended_iff_over",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status=Status.PAUSED,
                    pause_mode__in=PauseMode.values,
                    paused_at__isnull=False,
                    resumes_at__isnull=False,
                )
                | ~models.Q(status=Status.PAUSED) & models.Q(pause_mode="", resumes_at__isnull=True),
                name="designer_version_paused_iff_paused",
            ),
        ]
        indexes = [
            models.Index(fields=["ended_at"], condition=models.Q(status=Status.CLOSED), name="designer_version_closed"),
            models.Index(
                fields=["resumes_at"], condition=models.Q(status=Status.PAUSED), name="designer_version_paused"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.journey} {self.number}"

    @property
    def number(self) -> str:
        return f"{self.major}.{self.minor}"

    def move(self, verb: str, **changes: object) -> None:
        """Make a move by compare-and-set. Raises IllegalMove when the version is no longer where the move begins."""
        move = MOVES[verb]
        sources = [source.value for source in move.sources]
        moved = Version.objects.filter(pk=self.pk, status__in=sources).update(status=move.target.value, **changes)
        self.refresh_from_db()
        if not moved:
            raise IllegalMove(
                f"Version {self.number} is {self.get_status_display().lower()}; it cannot {verb}.",
                hint="Reload to see what happened meanwhile.",
                allowed=allowed_from(self.status),
            )


class UserPreference(models.Model):
    """What one user chose: theme, sandbox, how a list is sorted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    key = models.CharField(max_length=60)
    value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="designer_preference_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.key}"


class AuditEntry(models.Model):
    """One thing that somebody did. Append-only: the database refuses to change or delete a row.

    It points at nothing by key, so that it outlives the user and the object it speaks of.
    """

    at = models.DateTimeField()
    sandbox_id = models.BigIntegerField()
    by_id = models.BigIntegerField(null=True)
    by = models.CharField(max_length=150)
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField(null=True)
    object_name = models.CharField(max_length=300, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["sandbox_id", "-at"], name="designer_audit_latest"),
            models.Index(fields=["object_type", "object_id", "-at"], name="designer_audit_of_object"),
        ]

    def __str__(self) -> str:
        return f"{self.by}: {self.verb} {self.object_name}"
