"""Alerts of journeys, as notices on pages."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from designer import queries
from designer.actions.dismiss_alert import dismiss_alert
from designer.models import Journey
from designer.pages.access import Request, page
from designer.pages.dialogs import done
from engine import clock, operations_control
from engine.models import Alert, Sandbox

SHOWN = 3


@dataclass(frozen=True)
class Notice:
    alert: Alert
    journey: Journey

    @property
    def tone(self) -> str:
        return "warning" if self.alert.goes_on else "info"


def notices(sandbox: Sandbox, journey: Journey | None = None) -> list[Notice]:
    """What goes on first, then the latest; of journeys that are still there."""
    found = operations_control.alerts(sandbox_id=sandbox.pk, journey_id=journey.pk if journey is not None else None)
    journeys = Journey.objects.filter(sandbox=sandbox).in_bulk({alert.journey_id for alert in found})
    shown = [Notice(alert, journeys[alert.journey_id]) for alert in found if alert.journey_id in journeys]
    return sorted(shown, key=lambda notice: not notice.alert.goes_on)


@require_POST
@page(needs="dismiss_alerts")
def dismiss(request: Request, pk: int) -> HttpResponse:
    alert = get_object_or_404(Alert, pk=pk, sandbox__in=queries.sandboxes_of(request.user))
    dismiss_alert(alert, by=request.user, now=clock.now())
    return HttpResponse() if request.htmx else done(request, reverse("journeys"))
