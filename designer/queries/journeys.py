"""The list of journeys: one row each, showing the version that counts most."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Lower

from designer.models import AuditEntry, Journey, Version
from designer.paging import Page, a_number, a_text, a_time, page_of
from designer.queries.journey_filters import Filters
from designer.states import CURRENT, Status
from engine.models import Counter, Sandbox

PAGE = 25
LARGE = ("graph", "properties")  # up to 4 MB for each version: lists leave them in the database

# What the list can be sorted by: column -> the name it is ordered by, and what stands in a cursor.
SORTS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "name": ("shown_name", a_text),
    "version": ("shown_number", a_number),
    "status": ("shown_status", a_number),
    "entered": ("shown_count", a_number),
    "active": ("shown_count", a_number),
    "errors": ("shown_count", a_number),
    "created": ("journey__created_at", a_time),
    "published": ("shown_at", a_time),
    "changed": ("journey__changed_at", a_time),
}
NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # where drafts stand in the order of publication
ORDER_OF_STATUS = list(Status)


def listed(sandbox: Sandbox, filters: Filters, *, sort: str, after: str, size: int = PAGE) -> Page[Version]:
    """One page of what the filters leave, each with what its row says. `sort`: a column, `-` in front to turn it."""
    column = sort.removeprefix("-")
    by, kind = SORTS[column]
    rows = matching(sandbox, filters).select_related("journey__created_by", "published_by")
    rows = _sortable(rows, column).prefetch_related("journey__tags").defer(*LARGE)
    page = page_of(rows, by=by, kind=kind, descending=sort.startswith("-"), after=after, size=size)
    _complete(page.rows)
    return page


def matching(sandbox: Sandbox, filters: Filters) -> QuerySet[Version]:
    """The versions that the filters leave: of each journey the current one, else the latest of those that match.

    With `rows` set to the latest, that one must match; with `rows` set to all, each that does is there.
    """
    found = Version.objects.filter(filters.of_journey(), journey__sandbox=sandbox)
    if filters.rows == "all":
        return found.filter(filters.of_version())
    same_journey = Version.objects.filter(journey=OuterRef("journey"))
    if filters.rows == "latest":
        latest = same_journey.order_by("-major", "-minor").values("pk")[:1]
        return found.filter(filters.of_version(), pk=Subquery(latest))
    current_first = Case(When(status__in=CURRENT, then=0), default=1)
    best = same_journey.filter(filters.of_version()).order_by(current_first, "-major", "-minor").values("pk")[:1]
    return found.filter(pk=Subquery(best))


def versions_of_journey(journey: Journey) -> list[Version]:
    """Every version, the latest first, without its graph."""
    return list(journey.versions.select_related("saved_by", "published_by").defer(*LARGE)[:500])


def counted(sandbox: Sandbox, filters: Filters) -> int:
    """How many rows the list has."""
    return matching(sandbox, filters).count()


def tags_of(sandbox: Sandbox) -> list[str]:
    """The tags that a sandbox knows, by name."""
    return list(sandbox.tags.values_list("name", flat=True)[:500])


def has_journeys(sandbox: Sandbox) -> bool:
    return Journey.objects.filter(sandbox=sandbox).exists()


def _sortable(rows: QuerySet[Version], column: str) -> QuerySet[Version]:
    match column:
        case "name":
            return rows.annotate(shown_name=Lower("journey__name"))
        case "version":
            return rows.annotate(shown_number=F("major") * 100_000 + F("minor"))
        case "status":
            whens = [When(status=status, then=Value(place)) for place, status in enumerate(ORDER_OF_STATUS)]
            return rows.annotate(shown_status=Case(*whens, output_field=IntegerField()))
        case "entered":
            return rows.annotate(shown_count=_total("entered"))
        case "active":
            return rows.annotate(shown_count=_total("entered") - _total("ended"))
        case "errors":
            return rows.annotate(shown_count=_total("error"))
        case "published":
            return rows.annotate(shown_at=Coalesce("published_at", Value(NEVER)))
    return rows


def _total(metric: str) -> Any:
    """The count of a version as a whole, in the database: the list is sorted by it before it is cut into pages."""
    summed = (
        Counter.objects.filter(version_id=OuterRef("pk"), node="", metric=metric)
        .values("version_id")
        .annotate(total=Cast(Sum("value"), BigIntegerField()))
        .values("total")
    )
    return Coalesce(Subquery(summed), Value(0), output_field=BigIntegerField())


def _complete(rows: list[Version]) -> None:
    """What each row says beside its version: how many there are, whether a draft waits, who changed it last."""
    siblings: dict[int, list[Version]] = defaultdict(list)
    several = Version.objects.filter(journey__in={row.journey_id for row in rows}).order_by("-major", "-minor")
    for version in several.only("journey_id", "major", "minor", "status"):
        siblings[version.journey_id].append(version)
    journey_of = {version.pk: journey for journey, versions in siblings.items() for version in versions}
    changed_by = last_changes({row.journey_id: row.journey.changed_at for row in rows}, journey_of)
    for row in rows:
        row.siblings = len(siblings[row.journey_id])  # type: ignore[attr-defined]
        row.latest = siblings[row.journey_id][0]  # type: ignore[attr-defined]
        row.changed_by = changed_by.get(row.journey_id, "")  # type: ignore[attr-defined]


def last_changes(changed_at: dict[int, datetime], journey_of: dict[int, int]) -> dict[int, str]:
    """Journey -> who made its last change: saved or moved one of its versions, or renamed it, at that moment."""
    saved = Version.objects.filter(journey__in=changed_at, saved_at__in=changed_at.values())
    found: dict[int, str] = {
        journey: name
        for journey, at, name in saved.values_list("journey_id", "saved_at", "saved_by__username")
        if name and changed_at[journey] == at
    }
    entries = AuditEntry.objects.filter(
        Q(object_type="journey", object_id__in=list(changed_at))
        | Q(object_type="version", object_id__in=list(journey_of)),
        at__in=changed_at.values(),
    )
    for kind, pk, at, by in entries.values_list("object_type", "object_id", "at", "by"):
        journey = pk if kind == "journey" else journey_of[pk]
        if changed_at.get(journey) == at:
            found[journey] = by
    return found
