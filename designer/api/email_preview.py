"""A message as one person would get it."""

from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api import scope
from engine import control


class PreviewGiven(serializers.Serializer):  # type: ignore[type-arg]
    settings = serializers.DictField()
    version = scope.Id()
    profile = serializers.CharField(allow_blank=True, required=False, default="")


class PreviewEmail(APIView):
    @extend_schema(operation_id="preview_email", request=PreviewGiven, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        """The message rendered for one profile (its id, or `<namespace>:<value>`), or for nobody in particular."""
        given = PreviewGiven(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        version = scope.version(request, asked["version"])
        return Response(
            control.preview_email(
                sandbox_id=version.journey.sandbox_id,
                graph=version.graph,
                settings=asked["settings"],
                profile=asked["profile"],
            )
        )
