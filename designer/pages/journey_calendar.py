"""The journeys of the sandbox in a calendar: a week, and the versions that live in it."""

from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from designer.pages import inputs
from designer.pages.access import Request, page
from designer.queries import journey_lives, journeys
from designer.week import bounds, laid_out, monday_of
from engine import clock

WEEK = timedelta(days=7)


@page
def calendar(request: Request) -> HttpResponse:
    """The week of `day`: what is live or will be, and with `show` also what is closed, stopped, finished."""
    sandbox, now = request.workplace.sandbox, clock.now()
    ignored: list[str] = []
    given = inputs.text(request.GET, "day")
    day = inputs.day(given)
    if given and day is None:
        ignored.append(f"“{given[:60]}” is no day, so this is the week of today.")
    shown = [status for status in journey_lives.OVER if status in request.GET.getlist("show")]
    monday = monday_of(day or now.date())
    begins, over = bounds(monday)
    lives = journey_lives.between(sandbox, begins, over, statuses=shown, now=now)
    return render(
        request,
        "designer/journey_calendar.html",
        {
            "week": laid_out(lives, monday),
            "is_cut": len(lives) == journey_lives.MOST,
            "most": journey_lives.MOST,
            "day": day or now.date(),
            "today": now.date(),
            "over": [(status.value, status.label, status in shown) for status in journey_lives.OVER],
            "hidden": [status.label.lower() for status in journey_lives.OVER if status not in shown],
            "before": _address(monday - WEEK, shown),
            "after": _address(monday + WEEK, shown),
            "now_address": _address(now.date(), shown),
            "everything": _address(monday, journey_lives.OVER),
            "ignored": ignored,
            "is_empty": not journeys.has_journeys(sandbox),
        },
    )


def _address(day: date, shown: object) -> str:
    return "?" + urlencode({"day": day.isoformat(), "show": shown}, doseq=True)
