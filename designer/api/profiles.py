"""Profiles to choose from while typing."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api import scope
from designer.pages import inputs
from engine import control

ROWS = 20


class ProfileFound(serializers.Serializer):  # type: ignore[type-arg]
    id = scope.Id()
    identity = serializers.CharField(allow_blank=True)
    attributes = serializers.JSONField()


class ProfilesFound(serializers.Serializer):  # type: ignore[type-arg]
    results = ProfileFound(many=True)


class Profiles(APIView):
    @extend_schema(operation_id="profiles", parameters=[OpenApiParameter("q", str)], responses=ProfilesFound)
    def get(self, request: Request) -> Response:
        """At most twenty profiles by the beginning of an identity."""
        text = inputs.text(request.query_params, "q")
        found = control.find_profiles(sandbox_id=scope.sandbox(request).pk, text=text, limit=ROWS)
        return Response(ProfilesFound({"results": found}).data)
