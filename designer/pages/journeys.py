"""The journeys of the sandbox, and the versions of one."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from designer import preferences, queries, version_rules
from designer.models import Version
from designer.pages import alerts as alerting
from designer.pages import inputs, journey_columns, journey_filters
from designer.pages.access import Request, page
from designer.pages.journey_filters import Chip
from designer.queries import journeys
from designer.queries.journey_filters import choices
from designer.states import ASKED, DELETABLE, MOVES, Status
from engine import clock, control
from engine.activities.read_audience import ReadAudience
from engine.models import Sandbox

PREFERENCE = "journeys"
FIRST_SORT = "-changed"
SORTS = frozenset(f"{sign}{column}" for column in journeys.SORTS for sign in ("", "-"))


@page
def listed(request: Request) -> HttpResponse:
    """Search, filter, sort. How somebody filtered and sorted last is how they find the list again."""
    sandbox = request.workplace.sandbox
    kept = _kept(request)
    offered = choices(sandbox)
    asked = journey_filters.read(request.GET, offered, status=kept["status"])
    sort = inputs.one_of(request.GET, "sort", SORTS, kept["sort"])
    _keep(request, kept, status=asked.filters.status, sort=sort)
    after = inputs.text(request.GET, "after", 1000)
    found = journeys.listed(sandbox, asked.filters, sort=sort, after=after)
    with_counts(found.rows)
    chips = journey_filters.chips(asked.filters, request.GET, offered)
    is_empty = not found.rows and not journeys.has_journeys(sandbox)
    return render(
        request,
        "designer/journeys.html",
        {
            "page": found,
            "count": journeys.counted(sandbox, asked.filters) if after or found.next else len(found.rows),
            "filters": asked.filters,
            "choices": offered,
            "fields": journey_filters.fields(asked.filters, offered),
            "rows_noun": "version" if asked.filters.rows == "all" else "journey",
            "chips": chips,
            "in_panel": [chip for chip in chips if chip.title not in ("Search", "Status")],
            "ignored": asked.ignored,
            "hiding": {} if found.rows or is_empty else _hiding(sandbox, chips),
            "sort": sort,
            "is_empty": is_empty,
            "active": None if is_empty else _active(sandbox),
            "alerts": (noticed := alerting.notices(sandbox))[: alerting.SHOWN],
            "more_alerts": max(0, len(noticed) - alerting.SHOWN),
            "day": None if is_empty else control.overview(sandbox.pk, clock.now()),
            "has_events": not is_empty or queries.event_definitions_of(sandbox).exists(),
            "columns": [column for column in journey_columns.COLUMNS if column.head and column.key in kept["columns"]],
            "shown": kept["columns"],
            "column_choices": journey_columns.choices(kept["columns"]),
        },
    )


@page
@require_POST
def choose_columns(request: Request) -> HttpResponse:
    """Keep which columns this person sees, and show the list that they were looking at (`query`) with them."""
    shown = None if "reset" in request.POST else request.POST.getlist("column")
    _keep(request, _kept(request), columns=journey_columns.known(shown))
    looked_at = QueryDict(inputs.text(request.POST, "query", 4000))
    if not request.htmx:
        return redirect(f"{reverse('journeys')}?{looked_at.urlencode()}")
    request.GET = looked_at
    return listed(request)


@page
def versions(request: Request, journey: int) -> HttpResponse:
    found = get_object_or_404(queries.journeys_of(request.user), pk=journey)
    request.workplace.enter(found.sandbox)
    rows = journeys.versions_of_journey(found)
    with_counts(rows)
    for row in rows:
        row.latest = rows[0]
    noticed = alerting.notices(found.sandbox, found)
    reads = found.versions.filter(graph__nodes__contains=[{"type": ReadAudience.face.kind}]).exists()
    return render(
        request, "designer/versions.html", {"journey": found, "rows": rows, "reads": reads, "alerts": noticed}
    )


def with_counts(rows: list[Version]) -> None:
    """Give every row its counts and the moves its menu may offer."""
    counts = control.counts([row.pk for row in rows]) if rows else {}
    for row in rows:
        row.counts = counts[row.pk]["journey"]
        row.moves = [verb for verb in ASKED if verb != "publish" and row.status in MOVES[verb].sources]
        row.is_deletable = row.status in DELETABLE


def _active(sandbox: Sandbox) -> dict[str, Any]:
    """How many versions may hold people, and may at most; how many of them are paused, and who is held in them."""
    statuses = dict(version_rules.active(sandbox).values_list("pk", "status"))
    paused = [pk for pk, status in statuses.items() if status == Status.PAUSED]
    return {
        "versions": len(statuses),
        "most": version_rules.most_active(sandbox),
        "paused": len(paused),
        "held": sum(control.people_held(paused).values()) if paused else 0,
        "most_held": settings.HELD_PEOPLE,
    }


def _hiding(sandbox: Sandbox, chips: list[Chip]) -> dict[str, list[tuple[Chip, int]]]:
    """Why nothing is shown: the filters `without` which there would be something, else what each leaves `alone`."""
    without = [(chip, journeys.counted(sandbox, chip.others)) for chip in chips]
    without = [(chip, count) for chip, count in without if count]
    alone = [] if without else [(chip, journeys.counted(sandbox, chip.alone)) for chip in chips]
    return {"without": without, "alone": alone}


def _kept(request: Request) -> dict[str, Any]:
    """The status, the sort and the columns that this person chose last."""
    kept = preferences.read(request.user, PREFERENCE)
    kept = kept if isinstance(kept, dict) else {}
    status, sort = kept.get("status"), kept.get("sort")
    return {
        "status": status if status in Status.values else "",
        "sort": sort if sort in SORTS else FIRST_SORT,
        "columns": journey_columns.known(kept.get("columns")),
    }


def _keep(request: Request, kept: dict[str, Any], **chosen: Any) -> None:
    if kept | chosen != kept:
        preferences.write(request.user, PREFERENCE, kept | chosen)
