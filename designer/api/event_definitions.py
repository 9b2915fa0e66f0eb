"""The event definitions of the sandbox, for the canvas to choose from."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer import queries
from designer.api import scope
from designer.event_definitions import received
from engine.models import EventDefinition

MOST = 1000


class FieldShown(serializers.Serializer):  # type: ignore[type-arg]
    path = serializers.CharField()
    type = serializers.CharField()


class EventDefinitionShown(serializers.Serializer):  # type: ignore[type-arg]
    id = scope.Id()
    name = serializers.CharField()
    description = serializers.CharField()
    type = serializers.ChoiceField(choices=EventDefinition.Type.choices)
    id_type = serializers.CharField()
    namespace = serializers.CharField()
    rule = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        # `fields` is a name that DRF keeps for itself, so it cannot stand in the class.
        return {**super().get_fields(), "fields": FieldShown(many=True, source="shown_fields")}


class EventDefinitionsShown(serializers.Serializer):  # type: ignore[type-arg]
    results = EventDefinitionShown(many=True)


class EventDefinitions(APIView):
    @extend_schema(operation_id="event_definitions", responses=EventDefinitionsShown)
    def get(self, request: Request) -> Response:
        definitions = list(queries.event_definitions_of(scope.sandbox(request))[:MOST])
        for definition in definitions:
            fields = [{"path": path, "type": kind} for path, kind in received(definition)]
            definition.shown_fields = fields  # type: ignore[attr-defined]
        return Response(EventDefinitionsShown({"results": definitions}).data)
