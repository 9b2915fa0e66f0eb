"""How the engine is, for Prometheus. The numbers are of the whole installation: ask one web process, not each."""

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from engine import clock
from engine.reporting.vitals import LATELY, Vitals, vitals

PREFIX = "journeyopt"


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The text of Prometheus, for whoever has METRICS_TOKEN as a bearer token; without that setting, for nobody."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        error = {"code": "metrics.no_token", "message": "This needs the bearer token that METRICS_TOKEN sets."}
        return JsonResponse(error, status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Of(vitals(clock.now())))
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(registry), content_type=content_type)


class _Of(Collector):
    def __init__(self, found: Vitals) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        found = self._found
        yield _gauge("inbox_items", "Items that wait for the engine, up to a million.", found.inbox)
        yield _gauge("inbox_oldest_seconds", "How long the oldest of them has waited.", found.inbox_age.total_seconds())
        yield _gauge("timers_overdue", "Moments of people that have come and are not dealt with.", found.overdue)
        yield _gauge("timers_late_seconds", "How late the latest of them is.", found.lateness.total_seconds())
        open_ = GaugeMetricFamily(
            f"{PREFIX}_deliveries_open", "Messages and calls that are not over.", labels=["channel", "state"]
        )
        for (channel, state), count in sorted(found.deliveries.items()):
            open_.add_metric([channel, state], count)
        yield open_
        yield _gauge(
            "deliveries_late_seconds", "How long the one due first has been due.", found.delivery_delay.total_seconds()
        )
        yield _gauge(
            "deliveries_outcome_unknown",
            "Attempts that may have arrived although another followed, of the deliveries that are kept.",
            found.outcomes_unknown,
        )
        yield _gauge(
            "deliveries_duplicates_prevented",
            "Attempts and results that would have come twice, of the deliveries that are kept.",
            found.duplicates_prevented,
        )
        minutes = round(LATELY.total_seconds() / 60)
        discards = GaugeMetricFamily(
            f"{PREFIX}_discards_lately", f"Refusals in the last {minutes} minutes.", labels=["code"]
        )
        for code, count in sorted(found.discards.items()):
            discards.add_metric([code], count)
        yield discards
        yield _gauge("turns_lately", f"Turns of workers in the last {minutes} minutes.", found.turns)
        yield _gauge("stimuli_lately", f"Events, moments and answers taken in the last {minutes} minutes.", found.taken)
        yield _gauge("steps_lately", f"Steps of people in the last {minutes} minutes.", found.steps)
        phases = GaugeMetricFamily(
            f"{PREFIX}_turn_seconds_lately", f"Where the time of turns went, last {minutes} minutes.", labels=["phase"]
        )
        for phase, seconds in found.phases.items():
            phases.add_metric([phase], seconds)
        yield phases
        yield _gauge("business_events_waiting", "Business events that are not answered.", found.business_events)
        yield _gauge("readings_open", "Readings of audiences under way.", found.readings)
        yield _gauge("imports_open", "Files that are being taken into lists.", found.imports)
        yield _gauge("evaluations_running", "Evaluations of audiences under way.", found.evaluations)


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", what, value=value)
