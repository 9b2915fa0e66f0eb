"""The event stream: what comes in, live; what was refused at the door; what journeys refused."""

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from designer.pages import inputs
from designer.pages.access import Request, page
from designer.pages.people_chosen import chosen
from engine import clock, control

# Shards are worked through side by side: an event may be written a little after one that was received later.
OVERLAP = timedelta(seconds=5)
AT_ONCE = 50


@page
def events(request: Request) -> HttpResponse:
    sandbox = request.workplace.sandbox
    people, name = chosen(request), inputs.text(request.GET, "name")
    after = inputs.text(request.GET, "after")
    found = control.latest_events(sandbox_id=sandbox.pk, name=name, profile_ids=people.profile_ids, cursor=after)
    return render(
        request,
        "designer/stream.html",
        {
            "page": found,
            "people": people,
            "name": name,
            "is_live": not after,
            "newest": found.rows[0]["cursor"] if found.rows else control.cursor_at(clock.now(), 0),
            "is_filtered": bool(name or people.profile_ids is not None),
        },
    )


@page
def newer(request: Request) -> HttpResponse:
    """What came since the newest event of the page, to be put above it. The page leaves out what it has already."""
    people, name = chosen(request), inputs.text(request.GET, "name")
    newest = inputs.text(request.GET, "newest")
    place = control.place_of(newest)
    if place is None:
        raise Http404
    rows = control.newer_events(
        sandbox_id=request.workplace.sandbox.pk,
        than=control.cursor_at(place[0] - OVERLAP, 0),
        name=name,
        profile_ids=people.profile_ids,
        limit=AT_ONCE,
    )
    if not rows:
        return HttpResponse(status=204)
    return render(request, "designer/parts/newer.html", {"rows": rows, "newest": rows[0]["cursor"]})


@page
def event(request: Request, pk: int) -> HttpResponse:
    """One event with its payload: a page, of which the stream takes the middle when an event is opened."""
    found = control.event_of(sandbox_id=request.workplace.sandbox.pk, event_id=pk)
    if found is None:
        raise Http404
    return render(request, "designer/stream_event.html", {"event": found})


@page
def rejected(request: Request) -> HttpResponse:
    sandbox = request.workplace.sandbox
    found = control.rejected_events(sandbox_id=sandbox.pk, cursor=inputs.text(request.GET, "after"))
    return render(request, "designer/rejected.html", {"page": found})


@page
def discards(request: Request) -> HttpResponse:
    people = chosen(request)
    found: Any = control.discards(
        sandbox_id=request.workplace.sandbox.pk,
        profile_ids=people.profile_ids,
        cursor=inputs.text(request.GET, "after"),
    )
    return render(request, "designer/discards.html", {"page": found, "people": people})
