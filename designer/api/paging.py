"""Lists that come a page at a time: how one asks for the next page, and how an answer names it."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from designer.pages import inputs

CURSOR = OpenApiParameter("cursor", str, description="`next` of the answer before.")
LONGEST = 100  # characters of a cursor


class Page(serializers.Serializer):  # type: ignore[type-arg]
    """`next`: the cursor of the page behind it; null when there is none."""

    next = serializers.CharField(allow_null=True)


def cursor(request: Request) -> str:
    """Where the page that is asked for begins; empty: the first."""
    return inputs.text(request.query_params, "cursor", LONGEST)
