"""Readings: audiences on their way into journeys, of the whole sandbox or of one journey."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from designer import queries
from designer.actions.stop_reading import stop_reading
from designer.models import Journey
from designer.pages import inputs
from designer.pages.access import Request, page
from designer.pages.dialogs import confirm, dialog, done
from designer.readings import Told
from designer.reasons import of_refusal
from engine import audience_control, clock
from engine.models import ReadRun

SOON, LATER = "2s", "20s"  # how often the page asks again while something is read, and else
NEXT = 5  # occurrences that are announced


@page(needs="read_audiences")
def listed(request: Request) -> HttpResponse:
    return _list(request, None)


@page(needs="read_audiences")
def of_journey(request: Request, journey: int) -> HttpResponse:
    found: Journey = get_object_or_404(queries.journeys_of(request.user), pk=journey)
    request.workplace.enter(found.sandbox)
    return _list(request, found)


def _list(request: Request, journey: Journey | None) -> HttpResponse:
    sandbox, now, after = request.workplace.sandbox, clock.now(), inputs.text(request.GET, "after")
    journey_id = journey.pk if journey is not None else None
    found = audience_control.readings(sandbox_id=sandbox.pk, journey_id=journey_id, now=now, cursor=after)
    coming = audience_control.next_readings(sandbox_id=sandbox.pk, journey_id=journey_id, now=now)
    is_moving = any(one.run.is_open or one.on_the_way for one in found.rows) or any(one.at <= now for one in coming)
    return render(
        request,
        "designer/readings.html",
        {
            "journey": journey,
            "page": found,
            "rows": [(one, Told.of(one, now)) for one in found.rows],
            "coming": coming[:NEXT],
            "more_coming": max(0, len(coming) - NEXT),
            "again": SOON if is_moving else LATER,
            "can_stop": request.workplace.may("stop_reading"),
        },
    )


@page(needs="read_audiences")
def refused(request: Request, pk: int) -> HttpResponse:
    """Why people were refused in one reading."""
    found = _reading(request, pk)
    why = audience_control.refusals(run=found.run)
    rows = [(of_refusal(code, {"reason": reason}), count) for code, reason, count in why.counts]
    return dialog(
        request, "designer/refused_people.html", {"found": found, "rows": rows, "is_partial": why.is_partial},
        back=reverse("journey-readings", args=[found.run.journey_id]),
    )  # fmt: skip


@page(needs="stop_reading")
def stop(request: Request, pk: int) -> HttpResponse:
    found = _reading(request, pk)
    run, back = found.run, reverse("journey-readings", args=[found.run.journey_id])
    if request.method == "POST":
        left = stop_reading(run, by=request.user, now=clock.now())
        return done(request, back, f"The reading of “{run.audience_name}” is stopped: {_people(left)} not read.")
    return confirm(
        request, title=f"Stop reading “{run.audience_name}”?", sentences=_means(found), label="Stop reading",
        back=back, allowed=run.is_open and request.workplace.may("stop_reading"),
    )  # fmt: skip


def _means(found: audience_control.ReadingRun) -> list[str]:
    run = found.run
    if not run.is_open:
        return ["This reading has ended already."]
    if run.started_at is None:
        return ["Nobody was read yet, and nobody will be."]
    return [
        f"{run.read:,} of {run.total:,} were read: they stay in the journey, and go on.",
        f"{_people(run.total - run.read)} not read.",
        "The schedule goes on with its next occurrence, if there is one.",
    ]


def _people(count: int) -> str:
    return "1 person is" if count == 1 else f"{count:,} people are"


def _reading(request: Request, pk: int) -> audience_control.ReadingRun:
    """The run, in whichever of the user's sandboxes it is; the request works there from here on."""
    mine: Any = ReadRun.objects.filter(sandbox_id__in=queries.sandboxes_of(request.user).values("pk"))
    run = get_object_or_404(mine, pk=pk)
    request.workplace.enter(queries.sandboxes_of(request.user).get(pk=run.sandbox_id))
    found = audience_control.reading_run(sandbox_id=run.sandbox_id, run_id=run.pk, now=clock.now())
    assert found is not None
    return found
