"""Log in, log out, and the two switches in the sidebar: theme and sandbox."""

from django.contrib.auth import views
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from designer import preferences, queries
from designer.pages import inputs
from designer.pages.context import THEMES


class LogIn(views.LoginView):
    template_name = "designer/login.html"
    redirect_authenticated_user = True


class LogOut(views.LogoutView):
    pass


@login_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme. The page has changed its colours already; the next one is written in them."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return HttpResponseBadRequest("No such theme.")
    preferences.write(request.user, "theme", theme)
    return HttpResponse(status=204)


@login_required
@require_POST
def choose_sandbox(request: HttpRequest) -> HttpResponse:
    """Work in another sandbox. What was open belongs to the old one, so the lists are where to go."""
    sandbox = get_object_or_404(queries.sandboxes_of(request.user), pk=inputs.number(request.POST, "sandbox"))
    request.workplace.enter(sandbox)  # type: ignore[attr-defined]
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}) and wanted.count("/") == 2
    return redirect(wanted if safe else "journeys")
