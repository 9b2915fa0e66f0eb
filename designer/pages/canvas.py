"""The page that holds the canvas: everything else comes from the API."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language

from designer import queries
from designer.models import Version
from designer.pages.access import page
from designer.pages.addresses import canvas_url
from designer.pages.context import theme_of


@page
def canvas(request: HttpRequest, journey: int, pk: int) -> HttpResponse:
    version = get_object_or_404(queries.versions_of(request.user), pk=pk, journey_id=journey)
    request.workplace.enter(version.journey.sandbox)  # type: ignore[attr-defined]
    return render(request, "designer/canvas.html", {"version": version, "bare": True, "boot": boot(request, version)})


@page
def latest(request: HttpRequest, journey: int) -> HttpResponse:
    """A journey's own address leads to its latest version."""
    found = get_object_or_404(queries.journeys_of(request.user), pk=journey)
    version = found.versions.order_by("-major", "-minor")[0]
    return redirect(canvas_url(version))


def boot(request: HttpRequest, version: Version) -> dict[str, Any]:
    return {
        "version_id": str(version.pk),
        "journey_id": str(version.journey_id),
        "csrf_token": get_token(request),
        "theme": theme_of(request),
        "urls": {
            "api": "/api/",
            "ws": "/ws/",
            "journeys": reverse("journeys"),
            "readings": reverse("journey-readings", args=[version.journey_id]),
            "profile": reverse("profile", args=[0]).replace("/0/", "/{id}/"),
            "version": reverse("canvas", args=[version.journey_id, 0]).replace("/0/", "/{id}/"),
        },
        "user": {"name": request.user.get_full_name() or request.user.get_username()},
        "locale": get_language() or "en",
    }
