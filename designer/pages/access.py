"""What every page asks first: who is it, where do they work, may they do this?"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from designer.errors import NotAllowed
from designer.pages.sandbox import Workplace
from designer.permissions import Verb, require
from engine.errors import JourneyOptError

View = Callable[..., HttpResponse]


class Request(HttpRequest):
    """A request as pages receive it: its user is logged in, and the middlewares have put their things on it."""

    user: User
    workplace: Workplace
    htmx: bool


def page(view: View | None = None, *, needs: Verb = "view") -> Any:
    """A page for people who are logged in, work in a sandbox and may do `needs` there. Refusals become pages, too."""

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            sandbox = request.workplace.sandbox  # type: ignore[attr-defined]
            if sandbox is None:
                return render(request, "designer/no_sandbox.html", status=403)
            try:
                if request.method not in ("GET", "HEAD"):
                    require(request.user, needs, sandbox.pk)
                return view(request, *args, **kwargs)
            except JourneyOptError as error:
                return refused(request, error)

        return guarded

    return decorate if view is None else decorate(view)


def refused(request: HttpRequest, error: JourneyOptError) -> HttpResponse:
    """What was refused, in the page's language: a message beside what was clicked (htmx), or a page."""
    if getattr(request, "htmx", False):
        response = render(request, "designer/parts/refusal.html", {"error": error}, status=error.status)
        response["HX-Retarget"] = "#notices"
        response["HX-Reswap"] = "innerHTML"
        return response
    template = "403.html" if isinstance(error, NotAllowed) else "refused.html"
    return render(request, template, {"error": error, "back": _back(request)}, status=error.status)


def _back(request: HttpRequest) -> str:
    """The page of ours that somebody came from; the journeys when they came from elsewhere."""
    came_from = request.META.get("HTTP_REFERER", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return came_from if is_ours else reverse("journeys")
