"""The designer in Django's admin: sandboxes and who may work in them; journeys and the audit log to read."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from designer.actions.create_sandbox import add_standard_namespaces
from designer.models import AuditEntry, Journey, Membership, UserPreference, Version
from designer.pages.addresses import canvas_url
from engine.admin import ReadOnly
from engine.models import Sandbox

admin.site.site_header = "JourneyOpt administration"
admin.site.site_title = "JourneyOpt"
admin.site.index_title = "Administration"


class Members(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Sandbox)
class SandboxAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("title", "name", "kind", "created_at")
    list_filter = ("kind",)
    search_fields = ("title", "name")
    inlines = (Members,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        return ("name",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # everything of its people would go with it

    def save_model(self, request: HttpRequest, obj: Sandbox, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        add_standard_namespaces(obj)


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("user", "sandbox", "role")
    list_filter = ("sandbox", "role")
    search_fields = ("user__username", "user__email", "sandbox__title")
    autocomplete_fields = ("user", "sandbox")


@admin.register(Journey)
class JourneyAdmin(ReadOnly):
    list_display = ("name", "sandbox", "created_by", "created_at", "changed_at", "canvas")
    list_filter = ("sandbox",)
    search_fields = ("name", "description")

    @admin.display(description="Canvas")
    def canvas(self, journey: Journey) -> str:
        return format_html('<a href="{}">Open</a>', reverse("journey", args=[journey.pk]))


@admin.register(Version)
class VersionAdmin(ReadOnly):
    list_display = ("journey", "number", "status", "saved_at", "published_at", "ended_at", "canvas")
    list_filter = ("status", "journey__sandbox")
    list_select_related = ("journey",)
    search_fields = ("journey__name",)

    @admin.display(description="Canvas")
    def canvas(self, version: Version) -> str:
        return format_html('<a href="{}">Open</a>', canvas_url(version))


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    list_display = ("at", "by", "verb", "object_type", "object_name", "sandbox_id")
    list_filter = ("verb", "object_type")
    search_fields = ("by", "object_name", "=object_id")
    date_hierarchy = "at"


@admin.register(UserPreference)
class UserPreferenceAdmin(ReadOnly):
    list_display = ("user", "key")
    search_fields = ("user__username", "key")
