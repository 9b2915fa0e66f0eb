"""People: the list, one of them, and what they may ask for: to be shown what is kept, and to be forgotten."""

import json
from typing import Any, cast

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from designer.actions.erase_profile import erase_profile
from designer.actions.export_profile import export_profile
from designer.pages import inputs
from designer.pages.access import Request, page
from designer.pages.dialogs import confirm, done
from designer.templatetags.words import shown as in_line
from engine import audience_control, clock, control

OPERATORS = (
    ("is", "is"), ("is_not", "is not"), ("contains", "contains"), ("more", "is more than"), ("less", "is less than"),
    ("set", "is there"), ("not_set", "is not there"),
)  # fmt: skip
TONES = {"active": "accent", "held": "warn", "completed": "ok", "error": "bad", "stopped": "warn", "timed_out": "warn"}
SHOWN = 20  # of each list on the page of a person; the rest is one click away
MOST_ATTRIBUTES = 4  # beside a name in the list


@page
def listed(request: Request) -> HttpResponse:
    sandbox = request.workplace.sandbox
    text = inputs.text(request.GET, "q")
    attribute = _attribute(request)
    found = control.list_profiles(
        sandbox_id=sandbox.pk, text=text, attribute=attribute, cursor=inputs.text(request.GET, "after")
    )
    for row in found.rows:
        row["some"] = _some(row["attributes"])
    return render(
        request,
        "designer/profiles.html",
        {
            "page": found,
            "q": text,
            "attribute": attribute,
            "operators": OPERATORS,
            "known": sorted(control.profile_attributes(sandbox.pk)),
            "is_filtered": bool(text or attribute),
        },
    )


@page
def one(request: Request, pk: int) -> HttpResponse:
    """One person. The address of a profile that was merged into another leads to that one."""
    sandbox = request.workplace.sandbox
    profile = _profile(request, pk)
    if profile["id"] != pk:
        return redirect("profile", profile["id"])
    ids = [pk]
    return render(
        request,
        "designer/profile.html",
        {
            "profile": profile,
            "journeys": [
                {**row, "tone": TONES.get(row["state"], "neutral")}
                for row in control.journeys_of(profile_id=pk, limit=SHOWN)
            ],
            "audiences": audience_control.audiences_of_person(profile_id=pk),
            "events": control.latest_events(sandbox_id=sandbox.pk, profile_ids=ids, limit=SHOWN),
            "messages_sent": control.list_messages(sandbox_id=sandbox.pk, profile_ids=ids, limit=SHOWN),
            "refusals": control.discards(sandbox_id=sandbox.pk, profile_ids=ids, limit=SHOWN),
        },
    )


@require_POST
@page(needs="export_profile")
def export(request: Request, pk: int) -> HttpResponse:
    found = export_profile(pk, sandbox=request.workplace.sandbox, by=request.user, now=clock.now())
    if found is None:
        raise Http404
    response = HttpResponse(
        json.dumps(found, indent=2, ensure_ascii=False, default=str), content_type="application/json"
    )
    response["Content-Disposition"] = f'attachment; filename="profile-{pk}.json"'
    response["Cache-Control"] = "no-store"
    return response


@page(needs="erase_profile")
def erase(request: Request, pk: int) -> HttpResponse:
    """Asks for the person's name to be typed: what is erased does not come back."""
    profile = _profile(request, pk)
    typed = inputs.text(request.POST, "typed", 500)
    if request.method == "POST" and typed == profile["name"].strip():
        erase_profile(profile["id"], sandbox=request.workplace.sandbox, by=request.user, now=clock.now())
        return done(request, reverse("profiles"), "The person is erased.")
    return confirm(
        request,
        title="Erase this person?",
        sentences=[
            "Their attributes, identities, events, journeys and messages are removed for good.",
            "They leave every journey they are in, at once.",
            "Counts keep their numbers; they name nobody.",
            "Mail that was sent is with its receiver; what the local mail catcher kept of it is removed.",
        ],
        label="Erase for good",
        back=reverse("profile", args=[pk]),
        allowed=request.workplace.may("erase_profile"),
        typed=profile["name"].strip(),
        typed_wrong=request.method == "POST",
    )


def _profile(request: Request, pk: int) -> dict[str, Any]:
    found = control.profile_of(sandbox_id=request.workplace.sandbox.pk, profile_id=pk)
    if found is None:
        raise Http404
    return found


def _attribute(request: Request) -> control.Attribute | None:
    """The question about an attribute in the address, if there is a whole one."""
    name = inputs.text(request.GET, "name")
    operator = inputs.one_of(request.GET, "operator", [operator for operator, _ in OPERATORS], "is")
    value = inputs.text(request.GET, "value")
    if not name or not (value or operator in ("set", "not_set")):
        return None
    return control.Attribute(name=name, operator=cast(Any, operator), value=value)


def _some(attributes: Any) -> list[tuple[str, str]]:
    """A few attributes that tell people apart, as text."""
    if not isinstance(attributes, dict):
        return []
    plain = [
        (name, value) for name, value in attributes.items() if isinstance(value, str | int | float) and value != ""
    ]
    return [(name, in_line(value)[:60]) for name, value in plain if name != "email"][:MOST_ATTRIBUTES]
