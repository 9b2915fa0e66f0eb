"""Audiences: the list, and the form of one."""

from typing import Any

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from designer.actions.change_audience import change_audience
from designer.actions.create_audience import create_audience
from designer.errors import InUse
from designer.pages import inputs
from designer.pages.access import Request, page
from designer.pages.audience import audience_of
from designer.pages.audience_form import AudienceForm
from designer.pages.dialogs import done
from designer.queries import audiences
from engine import audience_control, clock, control
from engine.errors import JourneyOptError
from engine.models import Audience, EventDefinition
from engine.problems import Problem

SORTS = frozenset(f"{sign}{key}" for key in audiences.SORTS for sign in ("", "-"))
MOST_OFFERED = 1000  # audiences to compose others of
MOST_ATTRIBUTES = 60  # beside the rule
SAVE, CHECK = "save", "check"
REFUSED = (InUse, audience_control.NotAnAudience, audience_control.AudienceInUse)


@page
def listed(request: Request) -> HttpResponse:
    sandbox = request.workplace.sandbox
    text, kind = inputs.text(request.GET, "q"), inputs.one_of(request.GET, "kind", Audience.Kind.values)
    sort = inputs.one_of(request.GET, "sort", SORTS, "name")
    after = inputs.text(request.GET, "after", 1000)
    found = audiences.listed(sandbox, text=text, kind=kind, sort=sort, after=after)
    return render(
        request,
        "designer/audiences.html",
        {
            "page": found, "q": text, "kind": kind, "kinds": Audience.Kind.choices, "sort": sort,
            "is_empty": not found.rows and not Audience.objects.filter(sandbox=sandbox).exists(),
        },
    )  # fmt: skip


@page(needs="manage_audiences")
def create(request: Request) -> HttpResponse:
    if request.method != "POST":
        return _form(request, AudienceForm(), None)
    form = AudienceForm.read(request.POST)
    if request.POST.get("do", SAVE) != SAVE:
        return _form(request, form, None)
    try:
        made = create_audience(form.wanted(), sandbox=request.workplace.sandbox, by=request.user, now=clock.now())
    except REFUSED as error:
        return _form(request, form.with_problems(_of(error)), None, status=422)
    return done(request, reverse("audience", args=[made.pk]), f"The audience “{made.name}” is there.")


@page(needs="manage_audiences")
def change(request: Request, pk: int) -> HttpResponse:
    audience = audience_of(request, pk)
    if request.method != "POST":
        return _form(request, AudienceForm.of(audience), audience)
    form = AudienceForm.read(request.POST, audience.kind)
    if request.POST.get("do", SAVE) != SAVE:
        return _form(request, form, audience)
    try:
        kept = change_audience(
            audience, form.wanted(audience_control.AudienceWanted.of(audience)), by=request.user, now=clock.now()
        )
    except REFUSED as error:
        return _form(request, form.with_problems(_of(error)), audience, status=422)
    return done(request, reverse("audience", args=[pk]), f"The audience “{kept.name}” is saved.")


def _form(request: Request, form: AudienceForm, audience: Audience | None, status: int = 200) -> HttpResponse:
    sandbox = request.workplace.sandbox
    known = Audience.objects.filter(sandbox=sandbox).exclude(pk=audience.pk if audience else None)
    names = list(known.values_list("name", flat=True)[:MOST_OFFERED])
    problems = _problems(form, audience, sandbox.pk)
    attributes = sorted(control.profile_attributes(sandbox.pk).items())
    return render(
        request,
        "designer/audience_form.html",
        {
            "form": form,
            "audience": audience,
            "parts": form.shown_parts(names),
            "names": names,
            "boot": _boot(request),
            "problems": problems,
            "estimate": _estimate(request, form, problems, sandbox.pk),
            "attributes": attributes[:MOST_ATTRIBUTES],
            "more_attributes": max(0, len(attributes) - MOST_ATTRIBUTES),
            "events": EventDefinition.objects.filter(sandbox=sandbox).order_by("name")[:20],
            "can_change": request.workplace.may("manage_audiences"),
        },
        status=status,
    )


def _boot(request: Request) -> dict[str, Any]:
    """What the editor of the rule starts with."""
    return {
        "version_id": "", "journey_id": "", "csrf_token": get_token(request), "locale": get_language() or "en",
        "urls": {"api": "/api/", "ws": "", "journeys": reverse("journeys"), "profile": ""},
    }  # fmt: skip


def _problems(form: AudienceForm, audience: Audience | None, sandbox_id: int) -> list[Problem]:
    """What is wrong with the rule that stands in the box, or with the parts chosen, before anybody saves it."""
    if not form.says_who:
        return []
    found = audience_control.audience_problems(
        sandbox_id=sandbox_id, wanted=form.wanted().whole(), audience_id=audience.pk if audience else None
    )
    return [problem for problem in found if problem.field == ("rule" if form.is_by_rule else "composition")]


def _estimate(
    request: Request, form: AudienceForm, problems: list[Problem], sandbox_id: int
) -> audience_control.Estimate | None:
    """How many people it would be true of, while it is being written; None where that cannot be said in time."""
    if request.POST.get("do") != CHECK or problems or not form.says_who:
        return None
    try:
        rule = audience_control.audience_rule(form.wanted())
        return audience_control.estimate_audience(sandbox_id=sandbox_id, rule=rule, now=clock.now(), name=form.name)
    except JourneyOptError:
        return None


def _of(error: JourneyOptError) -> list[Problem]:
    return error.problems or [Problem(code=error.code, message=f"{error.message} {error.hint}", field="name")]
