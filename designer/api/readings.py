"""Readings of audiences into journeys: every run, how far it is, and why people were refused."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer import queries
from designer.api import scope
from designer.api.paging import CURSOR, Page, cursor
from designer.pages import inputs
from designer.readings import Told
from engine import audience_control, clock
from engine.models import ReadRun


class ReadingShown(serializers.Serializer):  # type: ignore[type-arg]
    """`pace`: people a second on average since it began. `seconds_left`: at this pace. `told`: why, and what to do."""

    id = scope.Id(source="run.id")
    version_id = scope.Id(source="run.version_id")
    version = serializers.CharField()
    audience_id = scope.Id(source="run.audience_id", allow_null=True)
    audience = serializers.CharField(source="run.audience_name")
    state = serializers.ChoiceField(choices=ReadRun.State.choices, source="run.state")
    reason = serializers.ChoiceField(choices=ReadRun.Reason.choices, allow_blank=True, source="run.reason")
    told = serializers.CharField()
    due_at = serializers.DateTimeField(source="run.due_at")
    evaluated_at = serializers.DateTimeField(source="run.evaluated_at", allow_null=True)
    started_at = serializers.DateTimeField(source="run.started_at", allow_null=True)
    finished_at = serializers.DateTimeField(source="run.finished_at", allow_null=True)
    total = serializers.IntegerField(source="run.total")
    read = serializers.IntegerField(source="run.read")
    entered = serializers.IntegerField()
    refused = serializers.IntegerField()
    on_the_way = serializers.IntegerField()
    rate = serializers.IntegerField(source="run.rate")
    pace = serializers.FloatField(allow_null=True)
    seconds_left = serializers.FloatField(allow_null=True)


class NextReadingShown(serializers.Serializer):  # type: ignore[type-arg]
    version_id = scope.Id()
    version = serializers.CharField()
    audience = serializers.CharField()
    at = serializers.DateTimeField()
    rate = serializers.IntegerField()
    is_paused = serializers.BooleanField()


class ReadingsShown(Page):
    results = ReadingShown(many=True)
    coming = NextReadingShown(many=True)


class RefusalCounted(serializers.Serializer):  # type: ignore[type-arg]
    code = serializers.CharField()
    reason = serializers.CharField()
    count = serializers.IntegerField()


class RefusalsShown(serializers.Serializer):  # type: ignore[type-arg]
    results = RefusalCounted(many=True)
    is_partial = serializers.BooleanField()


class Readings(APIView):
    @extend_schema(
        operation_id="readings",
        parameters=[
            OpenApiParameter("version", str, description="Of this version alone."),
            CURSOR,
        ],
        responses={200: ReadingsShown, 404: scope.Failure},
    )
    def get(self, request: Request, pk: int) -> Response:
        """The readings of a journey, the one due last first, and the next occurrences of its schedules."""
        journey, now = scope.journey(request, pk), clock.now()
        asked: dict[str, Any] = {"sandbox_id": journey.sandbox_id, "journey_id": journey.pk, "now": now}
        version = inputs.number(request.query_params, "version")
        found = audience_control.readings(**asked, version_id=version, cursor=cursor(request))
        coming = [one for one in audience_control.next_readings(**asked) if version in (None, one.version_id)]
        shown = {"results": [_shown(one, now) for one in found.rows], "coming": coming, "next": found.next or None}
        return Response(ReadingsShown(shown).data)


class Refused(APIView):
    @extend_schema(operation_id="refused_in_reading", responses={200: RefusalsShown, 404: scope.Failure})
    def get(self, request: Request, pk: int) -> Response:
        """Why people were refused in one reading, of the latest 20,000 refusals."""
        sandboxes = queries.sandboxes_of(request.user).values("pk")
        run = ReadRun.objects.filter(sandbox_id__in=sandboxes, pk=pk).first()
        if run is None:
            raise Http404
        why = audience_control.refusals(run=run)
        rows = [{"code": code, "reason": reason, "count": count} for code, reason, count in why.counts]
        return Response(RefusalsShown({"results": rows, "is_partial": why.is_partial}).data)


def _shown(found: audience_control.ReadingRun, now: Any) -> dict[str, Any]:
    return {
        "run": found.run,
        "version": found.version,
        "entered": found.entered,
        "refused": found.refused,
        "on_the_way": found.on_the_way,
        "pace": found.pace,
        "seconds_left": found.left.total_seconds() if found.left is not None else None,
        "told": Told.of(found, now).sentence,
    }
