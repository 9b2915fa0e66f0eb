"""Who is where: counts, people at a node, and one person's path."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer import live
from designer.api import scope
from designer.api.paging import CURSOR, Page, cursor
from designer.pages import inputs
from designer.pages.addresses import profile_url
from engine import control

PAGE = 50
STATES = ("waiting", "entered", "error", "ended")


class CountsShown(serializers.Serializer):  # type: ignore[type-arg]
    seq = serializers.IntegerField()
    counts = serializers.JSONField()


class Counts(APIView):
    @extend_schema(operation_id="counts", responses=CountsShown)
    def get(self, request: Request, pk: int) -> Response:
        """The counts of a version now, for a browser whose socket is down."""
        version = scope.version(request, pk)
        counts = control.counts([version.pk]).get(version.pk, {})
        return Response(CountsShown({"seq": live.seq_of(version.pk), "counts": counts}).data)


class PersonShown(serializers.Serializer):  # type: ignore[type-arg]
    instance = serializers.CharField()
    profile_id = serializers.CharField()
    identity = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    entered_at = serializers.DateTimeField()
    state = serializers.CharField()
    url = serializers.CharField()


class PeopleShown(Page):
    results = PersonShown(many=True)


def _linked(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "instance": str(row["instance"]),
            "profile_id": str(row["profile_id"]),
            "url": profile_url(row["profile_id"]),
        }
        for row in rows
    ]


class People(APIView):
    @extend_schema(
        operation_id="people",
        parameters=[
            OpenApiParameter("node", str, description="Only at this node; empty: anywhere."),
            OpenApiParameter("state", str, enum=list(STATES)),
            CURSOR,
        ],
        responses=PeopleShown,
    )
    def get(self, request: Request, pk: int) -> Response:
        """The people of a version, page by page."""
        version = scope.version(request, pk)
        state = request.query_params.get("state") or "waiting"
        if state not in STATES:
            raise ValidationError({"state": [f"Say one of: {', '.join(STATES)}."]})
        rows, following = control.people(
            version_id=version.pk,
            node=inputs.text(request.query_params, "node"),
            state=state,
            cursor=cursor(request) or None,
            limit=PAGE,
        )
        return Response({"results": _linked(rows), "next": None if following is None else str(following)})


class FindPerson(APIView):
    @extend_schema(operation_id="find_person", parameters=[OpenApiParameter("q", str)], responses=PeopleShown)
    def get(self, request: Request, pk: int) -> Response:
        """People of this version by an identity of theirs."""
        version = scope.version(request, pk)
        text = inputs.text(request.query_params, "q")
        rows = control.find_people(version_id=version.pk, text=text, limit=20) if text else []
        return Response({"results": _linked(rows), "next": None})


class Path(APIView):
    @extend_schema(operation_id="path", responses={200: OpenApiTypes.OBJECT, 404: scope.Failure})
    def get(self, request: Request, pk: int) -> Response:
        """The way one person took through a version, and where they stand."""
        scope.instance(request, pk)
        path = control.path(pk)
        if path is None:
            raise Http404
        return Response(path)


class StepEventsShown(Page):
    results = serializers.ListField(child=serializers.DictField())


class StepEvents(APIView):
    @extend_schema(
        operation_id="step_events",
        parameters=[CURSOR],
        responses=StepEventsShown,
    )
    def get(self, request: Request, pk: int) -> Response:
        """The step events of a version with all their fields, run by run, oldest run first; for other systems."""
        version = scope.version(request, pk)
        rows, following = control.step_events(version_id=version.pk, after=cursor(request) or None)
        return Response({"results": rows, "next": following})
