"""The list of journeys: one row each, showing the version that counts most."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
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
    "changed": ("journey__changed_at", a_time),
}
ORDER_OF_STATUS = list(Status)


def listed(
    sandbox: Sandbox, *, text: str, status: str, sort: str, after: str, tag: str = "", size: int = PAGE
) -> Page[Version]:
    """One page of journeys, each as one of its versions: the live one, else the latest.

    With a status: journeys with a version in it, each as the latest such version. `sort`: a column, `-` in front
    to turn it round.
    """
    column = sort.removeprefix("-")
    by, kind = SORTS[column]
    same_journey = Version.objects.filter(journey=OuterRef("journey"))
    if status:
        same_journey = same_journey.filter(status=status)
    live_first = Case(When(status__in=CURRENT, then=0), default=1)
    rows = Version.objects.filter(
        journey__sandbox=sandbox,
        pk=Subquery(same_journey.order_by(live_first, "-major", "-minor").values("pk")[:1]),
    )
    if text:
        rows = rows.filter(Q(journey__name__icontains=text) | Q(journey__description__icontains=text))
    if tag:
        rows = rows.filter(journey__tags__name__iexact=tag)
    rows = _sortable(rows, column).select_related("journey").prefetch_related("journey__tags").defer(*LARGE)
    page = page_of(rows, by=by, kind=kind, descending=sort.startswith("-"), after=after, size=size)
    _complete(page.rows)
    return page


def versions_of_journey(journey: Journey) -> list[Version]:
    """Every version, the latest first, without its graph."""
    return list(journey.versions.select_related("saved_by", "published_by").defer(*LARGE)[:500])


def tags_of(sandbox: Sandbox) -> list[str]:
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
    journeys = [row.journey_id for row in rows]
    found = Journey.objects.filter(pk__in=journeys).annotate(count=Count("versions")).values_list("pk", "count")
    counts = dict(found)
    latest = {
        version.journey_id: version
        for version in Version.objects.filter(journey__in=journeys)
        .order_by("journey_id", "-major", "-minor")
        .distinct("journey_id")
        .defer(*LARGE)
    }
    changed_by = last_changes({row.journey_id: row.journey.changed_at for row in rows})
    for row in rows:
        row.siblings = counts[row.journey_id]  # type: ignore[attr-defined]
        row.latest = latest[row.journey_id]  # type: ignore[attr-defined]
        row.changed_by = changed_by.get(row.journey_id, "")  # type: ignore[attr-defined]


def last_changes(changed_at: dict[int, datetime]) -> dict[int, str]:
    """Journey -> who made its last change: saved or moved one of its versions, or renamed it, at that moment."""
    saved = Version.objects.filter(journey__in=changed_at, saved_at__in=changed_at.values())
    found: dict[int, str] = {
        journey: name
        for journey, at, name in saved.values_list("journey_id", "saved_at", "saved_by__username")
        if name and changed_at[journey] == at
    }
    versions = dict(Version.objects.filter(journey__in=changed_at).values_list("pk", "journey_id"))
    entries = AuditEntry.objects.filter(
        Q(object_type="journey", object_id__in=list(changed_at))
        | Q(object_type="version", object_id__in=list(versions)),
        at__in=changed_at.values(),
    )
    for kind, pk, at, by in entries.values_list("object_type", "object_id", "at", "by"):
        journey = pk if kind == "journey" else versions[pk]
        if changed_at.get(journey) == at:
            found[journey] = by
    return found
