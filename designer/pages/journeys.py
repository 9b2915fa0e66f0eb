"""The journeys of the sandbox, and the versions of one."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from designer import preferences, queries
from designer.models import Version
from designer.pages import inputs
from designer.pages.access import Request, page
from designer.queries import journeys
from designer.states import ASKED, DELETABLE, MOVES, Status
from designer.version_rules import active_journeys
from engine import clock, control

PREFERENCE = "journeys"
FIRST_SORT = "-changed"
SORTS = frozenset(f"{sign}{column}" for column in journeys.SORTS for sign in ("", "-"))


@page
def listed(request: Request) -> HttpResponse:
    """Search, filter, sort. How somebody filtered and sorted last is how they find the list again."""
    sandbox = request.workplace.sandbox
    chosen = _choices(request)
    text, after = inputs.text(request.GET, "q"), inputs.text(request.GET, "after", 1000)
    tags = journeys.tags_of(sandbox)
    tag = inputs.one_of(request.GET, "tag", tags) or ""
    found = journeys.listed(sandbox, text=text, after=after, tag=tag, **chosen)
    with_counts(found.rows)
    is_empty = not found.rows and not journeys.has_journeys(sandbox)
    return render(
        request,
        "designer/journeys.html",
        {
            "page": found,
            "q": text,
            **chosen,
            "statuses": Status.choices,
            "tags": tags,
            "tag": tag,
            "is_filtered": bool(text or tag or chosen["status"]),
            "is_empty": is_empty,
            "active": active_journeys(sandbox),
            "day": None if is_empty else control.overview(sandbox.pk, clock.now()),
            "has_events": not is_empty or queries.event_definitions_of(sandbox).exists(),
            "columns": [
                ("name", "Name", ""), ("version", "Version", "tiny-hide"), ("status", "Status", ""),
                ("entered", "Entered", "number narrow-hide"), ("active", "Active", "number narrow-hide"),
                ("errors", "Errors", "number narrow-hide"), ("changed", "Last change", "narrow-hide"),
            ],
        },
    )  # fmt: skip


@page
def versions(request: Request, journey: int) -> HttpResponse:
    found = get_object_or_404(queries.journeys_of(request.user), pk=journey)
    request.workplace.enter(found.sandbox)
    rows = journeys.versions_of_journey(found)
    with_counts(rows)
    for row in rows:
        row.latest = rows[0]
    return render(request, "designer/versions.html", {"journey": found, "rows": rows})


def with_counts(rows: list[Version]) -> None:
    """Give every row its counts and the moves its menu may offer."""
    counts = control.counts([row.pk for row in rows]) if rows else {}
    for row in rows:
        row.counts = counts[row.pk]["journey"]
        row.moves = [verb for verb in ASKED if verb != "publish" and row.status in MOVES[verb].sources]
        row.is_deletable = row.status in DELETABLE


def _choices(request: Request) -> dict[str, str]:
    """Status and sort: what the address says, else what was chosen last."""
    kept = preferences.read(request.user, PREFERENCE)
    kept = kept if isinstance(kept, dict) else {}
    chosen = {
        "status": inputs.one_of(request.GET, "status", Status.values)
        if "status" in request.GET
        else kept.get("status", ""),
        "sort": inputs.one_of(request.GET, "sort", SORTS) or kept.get("sort", FIRST_SORT),
    }
    chosen = {
        "status": chosen["status"] if chosen["status"] in Status.values else "",
        "sort": chosen["sort"] if chosen["sort"] in SORTS else FIRST_SORT,
    }
    if chosen != {"status": "", "sort": FIRST_SORT, **kept}:
        preferences.write(request.user, PREFERENCE, chosen)
    return chosen
