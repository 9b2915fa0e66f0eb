"""The addresses of things, for whoever has to point at them."""

from django.urls import reverse

from designer.models import Version


def canvas_url(version: Version) -> str:
    return reverse("canvas", args=[version.journey_id, version.pk])


def profile_url(profile_id: int | str) -> str:
    return reverse("profile", args=[profile_id])
