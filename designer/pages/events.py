"""Event definitions: the list, and the form of one."""

import json
from dataclasses import replace
from pprint import pformat
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from designer import queries
from designer.actions.change_event_definition import change_event_definition
from designer.actions.create_event_definition import create_event_definition
from designer.actions.delete_event_definition import delete_event_definition
from designer.errors import NameTaken, NotDefinable
from designer.event_definitions import expression_problems, used_by
from designer.pages import inputs
from designer.pages.access import Request, page
from designer.pages.dialogs import confirm, done
from designer.pages.event_form import EventForm
from designer.queries import events
from designer.queries.journey_filters import journeys_that_use
from engine import clock
from engine.definition.inference import sample_of
from engine.models import EventDefinition
from engine.problems import Problem

SAVE = "save"


@page
def listed(request: Request) -> HttpResponse:
    text = inputs.text(request.GET, "q")
    sandbox = request.workplace.sandbox
    found = events.listed(sandbox, text=text, after=inputs.text(request.GET, "after", 1000))
    is_empty = not found.rows and not queries.event_definitions_of(sandbox).exists()
    return render(request, "designer/events.html", {"page": found, "q": text, "is_empty": is_empty})


@page(needs="configure_events")
def create(request: Request) -> HttpResponse:
    if request.method != "POST":
        return _form(request, EventForm(), None)
    form = EventForm.read(request.POST)
    if request.POST.get("do", SAVE) != SAVE:
        return _form(request, form.does(request.POST["do"]), None)
    if form.row_problems:
        return _form(request, form.with_problems(form.row_problems), None, status=422)
    try:
        made = create_event_definition(
            form.given(), sandbox=request.workplace.sandbox, by=request.user, now=clock.now()
        )
    except (NotDefinable, NameTaken) as error:
        return _form(request, form.with_problems(_of(error)), None, status=422)
    return done(
        request, reverse("event", args=[made.pk]), f"{made.name} is defined. Events of this kind count from now on."
    )


@page(needs="configure_events")
def change(request: Request, pk: int) -> HttpResponse:
    definition = _definition(request, pk)
    if request.method != "POST":
        return _form(request, EventForm.of(definition), definition)
    form = EventForm.read(request.POST)
    if request.POST.get("do", SAVE) != SAVE:
        return _form(request, form.does(request.POST["do"]), definition)
    if form.row_problems:
        return _form(request, form.with_problems(form.row_problems), definition, status=422)
    try:
        # An expression that still speaks of the old name follows the new one.
        given = replace(form.given(), name=definition.name).about(form.name)
        change_event_definition(definition, given, by=request.user, now=clock.now())
    except (NotDefinable, NameTaken) as error:
        return _form(request, form.with_problems(_of(error)), definition, status=422)
    return done(request, reverse("event", args=[pk]), f"{form.name} is saved.")


@page(needs="configure_events")
def delete(request: Request, pk: int) -> HttpResponse:
    definition = _definition(request, pk)
    if request.method == "POST":
        delete_event_definition(definition, by=request.user, now=clock.now())
        return done(request, reverse("events"), f"{definition.name} is deleted.")
    published, drafts = used_by(definition.sandbox_id, definition.name)
    names = sorted({*published, *drafts})
    if names:
        sentences = [f"It cannot be deleted while journeys use it: {', '.join(names[:10])}."]
    else:
        sentences = [
            "Events of this kind are no longer recognised; those that came stay in the history.",
            "This cannot be undone.",
        ]
    return confirm(
        request, title=f"Delete {definition.name}?", sentences=sentences, allowed=not names, label="Delete event",
        back=reverse("event", args=[pk]),
    )  # fmt: skip


def _form(request: Request, form: EventForm, definition: EventDefinition | None, status: int = 200) -> HttpResponse:
    sandbox = request.workplace.sandbox
    published, drafts = used_by(sandbox.pk, definition.name) if definition else ([], [])
    check = (sandbox.pk, form.event, form.usable_schema)
    return render(
        request,
        "designer/event.html",
        {
            "form": form,
            "definition": definition,
            "published": published,
            "use_count": journeys_that_use(sandbox, definition.name) if definition else 0,
            "drafts": [name for name in drafts if name not in published],
            "namespaces": events.namespaces_of(sandbox),
            "thing_namespaces": events.namespaces_of(sandbox, of_people=False),
            "last_seen": events.last_seen(sandbox).get(definition.name) if definition else None,
            "is_fresh": form == EventForm(),
            "rule_problems": form.row_problems or expression_problems(*check, "rule", form.rule, "boolean"),
            "key_problems": expression_problems(*check, "key_expression", form.key_expression, "any"),
            "supplemental_problems": expression_problems(
                *check, "supplemental_expression", form.supplemental_expression, "any"
            ),
            "sample": _sample(form, definition),
            "can_change": request.workplace.may("configure_events"),
        },
        status=status,
    )


def _definition(request: Request, pk: int) -> EventDefinition:
    """The definition, in whichever of the user's sandboxes it is; the request works there from here on."""
    mine = EventDefinition.objects.filter(sandbox__in=queries.sandboxes_of(request.user)).select_related("sandbox")
    found: EventDefinition = get_object_or_404(mine, pk=pk)
    request.workplace.enter(found.sandbox)
    return found


def _of(error: NotDefinable | NameTaken) -> list[Problem]:
    return error.problems or [Problem(code=error.code, message=f"{error.message} {error.hint}", field="name")]


def _sample(form: EventForm, definition: EventDefinition | None) -> dict[str, Any]:
    """How to send one: as a payload, with curl, with the library most people use."""
    payload = sample_of(form.usable_schema)
    named = next((row.value for row in form.rows if row.field == "event" and row.operator == "is"), "")
    properties = payload.get("properties") if isinstance(payload.get("properties"), dict) else {}
    if form.id_type == EventDefinition.IdType.SYSTEM_GENERATED and definition is not None:
        properties = {"eventID": str(definition.event_id), **properties}
    whose = {} if form.is_business else {"userId": "user-1"}
    call = {**whose, "event": named or form.event, "properties": properties}
    return {
        "call": call,
        "json": json.dumps(call, indent=2, ensure_ascii=False).replace("'", r"'\''"),  # inside a shell's single quotes
        "python_name": repr(call["event"]),
        "python": pformat(properties, width=60, sort_dicts=False),
        "url": f"{settings.BASE_URL}/v1/track",
        "host": settings.BASE_URL,
    }
