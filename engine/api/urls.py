"""The engine's own addresses that Django serves. Events come in elsewhere: engine/ingest."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from engine.api import health, metrics


class Description(SpectacularAPIView):
    """The description of the interface. It has one version: what the address asks for is not written into a header."""

    def _get_version_parameter(self, request: Request) -> None:
        return None


urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/openapi.yaml", Description.as_view(), name="openapi"),
]
