"""Alerts: what is, or was, wrong with a journey while it ran."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer import queries
from designer.actions.dismiss_alert import dismiss_alert
from designer.api import scope
from engine import clock, operations_control
from engine.models import Alert


class AlertShown(serializers.Serializer):  # type: ignore[type-arg]
    """`goes_on`: it lasts; else it was mended when it was found. `count`: people or messages."""

    id = scope.Id(source="pk")
    journey_id = scope.Id()
    code = serializers.ChoiceField(choices=Alert.Code.choices)
    message = serializers.CharField()
    count = serializers.IntegerField()
    goes_on = serializers.BooleanField()
    first_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField()


class AlertsShown(serializers.Serializer):  # type: ignore[type-arg]
    results = AlertShown(many=True)


class Alerts(APIView):
    @extend_schema(operation_id="alerts", responses={200: AlertsShown, 404: scope.Failure})
    def get(self, request: Request, pk: int) -> Response:
        """The alerts of a journey that nobody has dismissed, the latest first; 200 at most."""
        journey = scope.journey(request, pk)
        found = operations_control.alerts(sandbox_id=journey.sandbox_id, journey_id=journey.pk)
        return Response(AlertsShown({"results": found}).data)


class DismissAlert(APIView):
    @extend_schema(
        operation_id="dismiss_alert", request=None, responses={204: None, 403: scope.Failure, 404: scope.Failure}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Show it no more, until more comes of it."""
        alert = get_object_or_404(Alert, pk=pk, sandbox__in=queries.sandboxes_of(request.user))
        dismiss_alert(alert, by=request.user, now=clock.now())
        return Response(status=204)
