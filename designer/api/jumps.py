"""The journeys that a jump may lead into."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api import scope
from designer.models import Version
from designer.pages.addresses import canvas_url
from engine import control


class TargetField(serializers.Serializer):  # type: ignore[type-arg]
    name = serializers.CharField()
    type = serializers.CharField()


class JumpTarget(serializers.Serializer):  # type: ignore[type-arg]
    """A journey that is live: what it begins with, and why it cannot be jumped to from here ('' when it can)."""

    id = scope.Id()
    name = serializers.CharField()
    event = serializers.CharField()
    why_not = serializers.CharField()
    url = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        # `fields` is a name that DRF keeps for itself, so it cannot stand in the class.
        return {**super().get_fields(), "fields": TargetField(many=True, source="shown_fields")}


class JumpTargetsShown(serializers.Serializer):  # type: ignore[type-arg]
    results = JumpTarget(many=True)


class JumpTargets(APIView):
    @extend_schema(operation_id="jump_targets", responses={200: JumpTargetsShown, 404: scope.Failure})
    def get(self, request: Request, pk: int) -> Response:
        """Every live journey of the sandbox but this one, by name."""
        version = scope.version(request, pk)
        targets = control.jump_targets(
            sandbox_id=version.journey.sandbox_id, journey_id=version.journey_id, graph=version.graph
        )
        newest = Version.objects.filter(journey__in=[target["id"] for target in targets]).select_related("journey")
        urls = {one.journey_id: canvas_url(one) for one in newest.order_by("major", "minor")}
        shown = [
            {**target, "shown_fields": target["fields"], "url": urls[target["id"]]}
            for target in targets
            if target["id"] in urls
        ]
        return Response(JumpTargetsShown({"results": shown}).data)
