"""The versions of one journey, side by side."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api import scope
from designer.api.versions import VersionSummary
from engine import control

MOST = 100


class SiblingShown(VersionSummary):
    saved_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    published_by = serializers.CharField(allow_null=True)
    people = serializers.IntegerField()


class SiblingsShown(serializers.Serializer):  # type: ignore[type-arg]
    results = SiblingShown(many=True)


class Siblings(APIView):
    @extend_schema(operation_id="siblings", responses={200: SiblingsShown, 404: scope.Failure})
    def get(self, request: Request, pk: int) -> Response:
        """Every version of its journey, this one too, the latest first, with how many people are inside now."""
        version = scope.version(request, pk)
        versions = list(
            version.journey.versions.select_related("journey", "published_by").order_by("-major", "-minor")[:MOST]
        )
        people = control.people_inside([one.pk for one in versions])
        for one in versions:
            one.people = people[one.pk]  # type: ignore[attr-defined]
        return Response(SiblingsShown({"results": versions}).data)
