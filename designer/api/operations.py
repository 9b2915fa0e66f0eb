"""How the engine is, for whoever runs the server: now, and over the last hours. Over all sandboxes."""

from datetime import timedelta

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer import permissions
from designer.api import scope
from engine import clock, operations_control
from engine.models import PHASES


class Seconds(serializers.FloatField):
    """A span of time, in seconds."""

    def to_representation(self, value: timedelta) -> float:
        return value.total_seconds()


class WorkerShown(serializers.Serializer):  # type: ignore[type-arg]
    """`minute`: in which it did something last; the rest is of the last 15 minutes."""

    writer = serializers.IntegerField()
    minute = serializers.DateTimeField()
    turns = serializers.IntegerField()
    taken = serializers.IntegerField()
    steps = serializers.IntegerField()


class MadeShown(serializers.Serializer):  # type: ignore[type-arg]
    """Those not over, and of those that are, the ones of the last five minutes. `delay`: seconds."""

    channel = serializers.CharField()
    state = serializers.CharField()
    count = serializers.IntegerField()
    delay = Seconds(allow_null=True)


class JobShown(serializers.Serializer):  # type: ignore[type-arg]
    """`took`, `rhythm`: seconds. `failures`: of the last 24 hours."""

    name = serializers.CharField()
    what = serializers.CharField()
    rhythm = Seconds()
    last_at = serializers.DateTimeField(allow_null=True)
    took = Seconds(allow_null=True)
    is_ok = serializers.BooleanField(allow_null=True)
    failures = serializers.IntegerField()
    error = serializers.CharField()
    next_at = serializers.DateTimeField()
    is_late = serializers.BooleanField()


class TableShown(serializers.Serializer):  # type: ignore[type-arg]
    """`size`: bytes, with its indexes. `rows`: as PostgreSQL estimates."""

    name = serializers.CharField()
    size = serializers.IntegerField()
    rows = serializers.IntegerField()


class OperationsShown(serializers.Serializer):  # type: ignore[type-arg]
    """Ages are seconds, zero where nothing waits. `lately_*` are of the last five minutes."""

    now = serializers.DateTimeField()
    inbox = serializers.IntegerField(source="vitals.inbox")
    inbox_seconds = Seconds(source="vitals.inbox_age")
    overdue = serializers.IntegerField(source="vitals.overdue")
    late_seconds = Seconds(source="vitals.lateness")
    delivery_seconds = Seconds(source="vitals.delivery_delay")
    waiting = serializers.IntegerField()
    nobody_works = serializers.BooleanField()
    lately_turns = serializers.IntegerField(source="vitals.turns")
    lately_taken = serializers.IntegerField(source="vitals.taken")
    lately_steps = serializers.IntegerField(source="vitals.steps")
    lately_phases = serializers.DictField(child=serializers.FloatField(), source="vitals.phases")
    lately_refused = serializers.DictField(child=serializers.IntegerField(), source="vitals.discards")
    processes = serializers.DictField(child=serializers.IntegerField())
    workers = WorkerShown(many=True)
    deliveries = MadeShown(many=True)
    jobs = JobShown(many=True)
    database_size = serializers.IntegerField()
    tables = TableShown(many=True)
    sampled_at = serializers.DateTimeField(allow_null=True)


class HistoryShown(serializers.Serializer):  # type: ignore[type-arg]
    """Columns of equal length; null where nothing was noted. `width`: seconds between two of `at`."""

    width = Seconds()
    at = serializers.ListField(child=serializers.DateTimeField())
    inbox = serializers.ListField(child=serializers.IntegerField(allow_null=True))
    inbox_seconds = serializers.ListField(child=serializers.FloatField(allow_null=True))
    overdue = serializers.ListField(child=serializers.IntegerField(allow_null=True))
    late_seconds = serializers.ListField(child=serializers.FloatField(allow_null=True))
    deliveries = serializers.ListField(child=serializers.IntegerField(allow_null=True))
    delivery_seconds = serializers.ListField(child=serializers.FloatField(allow_null=True))
    refused = serializers.ListField(child=serializers.IntegerField(allow_null=True))
    taken = serializers.ListField(child=serializers.FloatField(allow_null=True), help_text="A second.")
    steps = serializers.ListField(child=serializers.FloatField(allow_null=True), help_text="A second.")
    phases = serializers.DictField(
        child=serializers.ListField(child=serializers.FloatField(allow_null=True)),
        help_text=f"The share of each, 0 to 1: {', '.join(PHASES)}.",
    )


class Operations(APIView):
    @extend_schema(operation_id="operations", responses={200: OperationsShown, 403: scope.Failure})
    def get(self, request: Request) -> Response:
        """What waits and since when, who works, what came of messages and background jobs, and how large tables are."""
        permissions.require_superuser(request.user)
        return Response(OperationsShown(operations_control.operations(clock.now())).data)


class OperationsAsked(serializers.Serializer):  # type: ignore[type-arg]
    hours = serializers.IntegerField(min_value=1, max_value=168, default=3)


class OperationsHistory(APIView):
    @extend_schema(
        operation_id="operations_history",
        parameters=[OpenApiParameter("hours", int, description="How far back: 1 to 168, by default 3.")],
        responses={200: HistoryShown, 400: scope.Failure, 403: scope.Failure},
    )
    def get(self, request: Request) -> Response:
        """How it was, in 500 points at most: of several minutes, the highest that was noted."""
        permissions.require_superuser(request.user)
        asked = OperationsAsked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        span = timedelta(hours=asked.validated_data["hours"])
        return Response(HistoryShown(operations_control.history(clock.now(), span)).data)
