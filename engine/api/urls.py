"""The engine's own addresses that Django serves. Events come in elsewhere: engine/ingest."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

urlpatterns = [
    path("api/openapi.yaml", SpectacularAPIView.as_view(), name="openapi"),
]
