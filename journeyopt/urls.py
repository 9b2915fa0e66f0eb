"""The addresses of the product; each package keeps its own."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("engine.api.urls")),
    path("", include("designer.urls")),
]
