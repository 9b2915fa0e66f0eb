"""How the engine is, for whoever runs the server: now, and over the last hours. Over all sandboxes."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from designer.errors import NotAllowed
from designer.pages import inputs
from designer.pages.access import Request, refused
from designer.permissions import require_superuser
from designer.reasons import of_refusal
from engine import clock, operations_control

SPANS = {"1": "1 hour", "3": "3 hours", "24": "1 day", "168": "7 days"}  # hours -> in words
ROWS = 24  # of the table below the curves


@login_required
@require_safe
def operations(request: Request) -> HttpResponse:
    """Figures that the page asks for again every few seconds, and curves that it draws from the interface."""
    try:
        require_superuser(request.user)
    except NotAllowed as error:
        return refused(request, error)
    now = clock.now()
    hours = inputs.one_of(request.GET, "hours", SPANS, "3")
    found = operations_control.operations(now)
    past = operations_control.history(now, timedelta(hours=int(hours)))
    seconds = operations_control.LATELY.total_seconds()
    spent = sum(found.vitals.phases.values())
    return render(
        request,
        "designer/operations.html",
        {
            "found": found,
            "vitals": found.vitals,
            "taken": found.vitals.taken / seconds,
            "steps": found.vitals.steps / seconds,
            "phases": [(name, time / spent if spent else 0.0) for name, time in found.vitals.phases.items()],
            "spent": timedelta(seconds=spent),
            "refusals": sorted(
                ((code, of_refusal(code), count) for code, count in found.vitals.discards.items()),
                key=lambda row: (-row[2], row[0]),
            ),
            "spans": SPANS,
            "hours": hours,
            "past": _rows(past),
            "is_sampled": any(value is not None for value in past.inbox),
        },
    )


def _rows(past: operations_control.History) -> list[dict[str, object]]:
    """The curves in words: so many moments, evenly, the latest first; those of which nothing is known are left out."""
    every = max(1, len(past.at) // ROWS)
    places = range(len(past.at) - 1, -1, -every)
    return [
        {
            "at": past.at[place],
            "inbox": past.inbox[place],
            "age": _span(past.inbox_seconds[place]),
            "late": _span(past.late_seconds[place]),
            "deliveries": past.deliveries[place],
            "delay": _span(past.delivery_seconds[place]),
            "taken": past.taken[place],
            "steps": past.steps[place],
        }
        for place in places
        if past.inbox[place] is not None or past.taken[place] is not None
    ]


def _span(seconds: float | None) -> timedelta | None:
    return timedelta(seconds=seconds) if seconds is not None else None
