"""The engine in Django's admin: everything can be found and read; what the engine guarantees cannot be edited away.

Journeys, event definitions and write keys are changed in the product's own pages, which know what depends on them.
"""

from typing import Any, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import connection, models
from django.http import HttpRequest
from django.utils.functional import cached_property

from engine import clock
from engine.models import (
    Audience,
    AudienceImport,
    AudienceRun,
    CaughtMail,
    Definition,
    Delivery,
    Discard,
    Event,
    EventDefinition,
    InboxItem,
    Instance,
    Namespace,
    Profile,
    RejectedEvent,
    RuleSet,
    StepEvent,
    WriteKey,
)
from engine.models.rule_set import CAPS
from engine.shards import shard_of

COUNTED_EXACTLY = 10_000  # rows; beyond it the planner's estimate is shown, since counting millions takes seconds


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts exactly as far as that is quick, then says what the planner believes."""

    @cached_property
    def count(self) -> int:
        found: int = self._rows[:COUNTED_EXACTLY].count()
        return found if found < COUNTED_EXACTLY else max(found, self._estimate())

    @property
    def _rows(self) -> models.QuerySet[Any]:
        return cast("models.QuerySet[Any]", self.object_list)

    def _estimate(self) -> int:
        table = self._rows.model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum(greatest(reltuples, 0)) FROM pg_class WHERE oid = %s::regclass "
                "OR oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = %s::regclass)",
                [table, table],
            )
            row = cursor.fetchone()
        return int(row[0] or 0)


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Can be searched and read, and nothing else."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OfPeople(ReadOnly):
    """A table that people move through: searched by ids, which its indexes know, and by nothing that would scan it.

    Of a large one, the list shows what is searched for: the latest of ten million would be found by sorting them.
    """

    ids: tuple[str, ...] = ("id", "profile_id")
    is_in_order = False  # an index knows the order of the list: of however many, its first are found at once
    is_led_by_person = False  # no index knows one by its id

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return self.ids

    def get_list_filter(self, request: HttpRequest) -> Any:
        """None for a large one: what there is to choose from, and who is chosen, would be found by reading it whole."""
        return () if self._is_large() else super().get_list_filter(request)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        return None if self.is_led_by_person else super().get_object(request, object_id, from_field)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            if self.is_in_order or not self._is_large():
                return queryset, False
            what = self.model._meta.verbose_name_plural
            ways = " or ".join(self.ids)
            self.message_user(request, f"There are more than {COUNTED_EXACTLY:,} {what}. Search by {ways} to see some.")
            return queryset.none(), False
        if not term.isdecimal() or len(term) > 18:
            self.message_user(
                request, f"“{term}” is not an id; {', '.join(self.ids)} can be searched.", level="warning"
            )
            return queryset.none(), False
        wanted = models.Q()
        for name in self.ids:
            wanted |= models.Q(**{name: int(term)})
        if self.is_led_by_person:
            wanted &= models.Q(shard=shard_of(int(term)))
        return queryset.filter(wanted), False

    def _is_large(self) -> bool:
        rows = self.model._default_manager.order_by()
        return bool(rows[: COUNTED_EXACTLY + 1].count() > COUNTED_EXACTLY)


@admin.register(Namespace)
class NamespaceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "title", "sandbox", "is_people_based")
    list_filter = ("sandbox", "is_people_based")
    search_fields = ("code", "title")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("sandbox", "code") if obj else ()  # identities are stored under the code

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(EventDefinition)
class EventDefinitionAdmin(ReadOnly):
    list_display = ("name", "sandbox", "type", "id_type", "namespace", "updated_at")
    list_filter = ("sandbox", "type", "id_type")
    search_fields = ("name", "description", "event_id")


@admin.register(WriteKey)
class WriteKeyAdmin(ReadOnly):
    list_display = ("name", "sandbox", "last_four", "created_at", "created_by", "revoked_at")
    list_filter = ("sandbox", ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "last_four", "created_by")
    exclude = ("digest",)
    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("engine.change_writekey")

    @admin.action(description="Revoke: the key opens nothing any more", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: models.QuerySet[WriteKey]) -> None:
        revoked = queryset.filter(revoked_at__isnull=True).update(revoked_at=clock.now())
        self.message_user(request, f"{revoked} revoked. They stop opening anything within a few seconds.")


@admin.register(Definition)
class DefinitionAdmin(ReadOnly):
    list_display = ("journey_name", "number", "status", "sandbox", "deployed_at", "deployed_by", "ended_at")
    list_filter = ("sandbox", "status")
    search_fields = ("journey_name", "=version_id", "=journey_id")


@admin.register(RuleSet)
class RuleSetAdmin(ReadOnly):
    list_display = ("name", "sandbox", *CAPS, "updated_at")
    list_filter = ("sandbox",)
    search_fields = ("name", "description")


@admin.register(Audience)
class AudienceAdmin(ReadOnly):
    list_display = ("name", "sandbox", "kind", "evaluation", "size", "evaluated_at", "next_at")
    list_filter = ("sandbox", "kind", "evaluation")
    search_fields = ("name", "description")


@admin.register(AudienceRun)
class AudienceRunAdmin(ReadOnly):
    list_display = ("audience", "state", "is_incremental", "started_at", "finished_at", "entered", "left", "size")
    list_filter = ("state", "is_incremental")
    list_select_related = ("audience",)
    search_fields = ("audience__name", "error")


@admin.register(AudienceImport)
class AudienceImportAdmin(ReadOnly):
    list_display = (
        "audience",
        "file_name",
        "mode",
        "state",
        "rows",
        "bad",
        "entered",
        "left",
        "created_at",
        "created_by",
    )
    list_filter = ("state", "mode")
    list_select_related = ("audience",)
    search_fields = ("audience__name", "file_name", "error")


@admin.register(Profile)
class ProfileAdmin(OfPeople):
    list_display = ("id", "sandbox", "merged_into", "created_at", "updated_at")
    list_filter = ("sandbox",)
    ordering = ("-updated_at",)
    ids = ("id", "merged_into")


@admin.register(Instance)
class InstanceAdmin(OfPeople):
    list_display = ("id", "profile_id", "journey_id", "version_id", "state", "node", "port", "entered_at", "wake_at")
    list_filter = ("state",)
    ordering = ("-id",)
    ids = ("id", "profile_id", "version_id")


@admin.register(Event)
class EventAdmin(OfPeople):
    list_display = ("received_at", "name", "profile_id", "message_id", "sandbox_id")
    ordering = ("-received_at",)


@admin.register(StepEvent)
class StepEventAdmin(OfPeople):
    list_display = ("at", "profile_id", "instance_id", "version_id", "node", "port", "status", "details")
    list_display_links = None
    ordering = ("-at",)
    ids = ("profile_id",)
    is_led_by_person = True


@admin.register(Discard)
class DiscardAdmin(OfPeople):
    list_display = ("at", "code", "event", "profile_id", "journey_id", "version_id")
    list_filter = ("code",)
    ordering = ("-at",)
    ids = ("profile_id",)


@admin.register(Delivery)
class DeliveryAdmin(OfPeople):
    list_display = ("id", "channel", "state", "recipient", "attempts", "created_at", "finished_at", "error_code")
    list_filter = ("channel", "state")
    ordering = ("-created_at",)
    ids = ("id", "profile_id", "instance_id")


@admin.register(InboxItem)
class InboxItemAdmin(OfPeople):
    list_display = ("id", "shard", "kind", "profile_id", "sandbox_id", "received_at")
    list_filter = ("kind",)
    ordering = ("shard", "id")
    is_in_order = True


@admin.register(RejectedEvent)
class RejectedEventAdmin(ReadOnly):
    list_display = ("received_at", "sandbox", "dialect", "code", "message")
    list_filter = ("sandbox", "dialect", "code")
    search_fields = ("message", "code")


@admin.register(CaughtMail)
class CaughtMailAdmin(ReadOnly):
    list_display = ("received_at", "recipient", "subject", "message_id")
    search_fields = ("recipient", "subject", "=message_id")
