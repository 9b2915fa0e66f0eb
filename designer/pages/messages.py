"""Messages: every delivery, what became of it, and exactly what was sent."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from designer.models import Journey
from designer.pages import inputs
from designer.pages.access import Request, page
from designer.pages.people_chosen import chosen
from engine import control
from engine.models import Delivery

CHANNELS = (("email", "E-mail"), ("http", "Custom action"))
STATES = (*Delivery.State.choices, (control.OUTCOME_UNKNOWN, "Maybe twice"))
MOST_JOURNEYS = 500  # to choose from


@page
def listed(request: Request) -> HttpResponse:
    sandbox, people = request.workplace.sandbox, chosen(request)
    asked: dict[str, Any] = {
        "state": inputs.one_of(request.GET, "state", [state for state, _ in STATES]),
        "channel": inputs.one_of(request.GET, "channel", [channel for channel, _ in CHANNELS]),
        "recipient": inputs.text(request.GET, "q"),
        "journey_id": inputs.number(request.GET, "journey"),
    }
    found = control.list_messages(
        sandbox_id=sandbox.pk, profile_ids=people.profile_ids, cursor=inputs.text(request.GET, "after"), **asked
    )
    return render(
        request,
        "designer/messages.html",
        {
            "page": found,
            "people": people,
            **asked,
            "states": STATES,
            "channels": CHANNELS,
            "journeys": Journey.objects.filter(sandbox=sandbox)
            .order_by("name")
            .values_list("pk", "name")[:MOST_JOURNEYS],
            "is_filtered": any(asked.values()) or people.profile_ids is not None,
        },
    )


@page
def one(request: Request, pk: int) -> HttpResponse:
    message = _message(request, pk)
    content = message["content"]
    return render(
        request,
        "designer/message.html",
        {
            "message": message,
            "mail": content if message["channel"] == "email" and content else None,
            "call": content if message["channel"] == "http" and content else None,
            "response": message["response"],
        },
    )


@xframe_options_sameorigin
@page
def html(request: Request, pk: int) -> HttpResponse:
    """The HTML of an e-mail alone, for the frame on its page. Whatever it holds, it runs nothing."""
    message = _message(request, pk)
    response = HttpResponse(str(message["content"].get("html") or ""))
    response["Content-Security-Policy"] = (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
        "img-src https: http: data:; style-src 'unsafe-inline'; font-src https: data:; frame-ancestors 'self'"
    )
    response["Referrer-Policy"] = "no-referrer"
    return response


def _message(request: Request, pk: int) -> dict[str, Any]:
    found = control.message_of(sandbox_id=request.workplace.sandbox.pk, delivery_id=pk)
    if found is None:
        raise Http404
    return found
