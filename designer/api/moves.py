"""The moves of a version: what one would mean, and making it."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer import permissions
from designer.actions.close import close
from designer.actions.create_journey import NAME_LENGTH
from designer.actions.duplicate import duplicate
from designer.actions.new_version import new_version
from designer.actions.pause import LONGEST, SHORTEST, pause
from designer.actions.publish import publish
from designer.actions.resume import resume
from designer.actions.set_attribute_exit import LABEL_LENGTH, set_attribute_exit
from designer.actions.stop import stop
from designer.api import scope
from designer.api.versions import VersionSummary
from designer.consequences import consequences_of
from designer.models import Version
from designer.states import ASKED
from engine import clock
from engine.models.definition import PauseMode


class Refused(scope.Failure):
    allowed = serializers.ListField(child=serializers.CharField())


class Move(APIView):
    """One verb that a person may say about a version."""

    act: Callable[..., Version] = publish
    status_code = status.HTTP_200_OK

    @extend_schema(request=None, responses={200: VersionSummary, 403: scope.Failure, 409: Refused, 422: scope.Failure})
    def post(self, request: Request, pk: int) -> Response:
        version = scope.version(request, pk)
        moved = type(self).act(version, by=request.user, now=clock.now())
        return Response(VersionSummary(moved).data, status=self.status_code)


class Publish(Move):
    act = staticmethod(publish)


class PauseGiven(serializers.Serializer):  # type: ignore[type-arg]
    mode = serializers.ChoiceField(choices=PauseMode.choices, default=PauseMode.HOLD)
    days = serializers.IntegerField(min_value=SHORTEST, max_value=LONGEST, default=LONGEST)


class Pause(APIView):
    @extend_schema(
        operation_id="pause",
        request=PauseGiven,
        responses={200: VersionSummary, 400: scope.Failure, 403: scope.Failure, 409: Refused},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Let nobody enter; those inside are held, or taken out, at the next step that acts."""
        version = scope.version(request, pk)
        given = PauseGiven(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(VersionSummary(pause(version, by=request.user, now=clock.now(), **given.validated_data)).data)


class Resume(Move):
    act = staticmethod(resume)


class AttributeExitGiven(serializers.Serializer):  # type: ignore[type-arg]
    condition = serializers.CharField(allow_blank=True, max_length=65_536, trim_whitespace=False)

    def get_fields(self) -> dict[str, Any]:
        # `label` would hide an attribute of DRF's own.
        label = serializers.CharField(allow_blank=True, max_length=LABEL_LENGTH, required=False, default="")
        return {"label": label, **super().get_fields()}


class AttributeExit(APIView):
    @extend_schema(
        operation_id="set_attribute_exit",
        request=AttributeExitGiven,
        responses={200: VersionSummary, 403: scope.Failure, 409: Refused, 422: scope.Failure},
    )
    def put(self, request: Request, pk: int) -> Response:
        """While it is paused: whoever the condition is true of leaves at the next step that acts. Empty: nobody."""
        version = scope.version(request, pk)
        given = AttributeExitGiven(data=request.data)
        given.is_valid(raise_exception=True)
        set_ = set_attribute_exit(version, by=request.user, now=clock.now(), **given.validated_data)
        return Response(VersionSummary(set_).data)


class Close(Move):
    act = staticmethod(close)


class Stop(Move):
    act = staticmethod(stop)


class NewVersion(Move):
    act = staticmethod(new_version)
    status_code = status.HTTP_201_CREATED


class DuplicateGiven(serializers.Serializer):  # type: ignore[type-arg]
    name = serializers.CharField(max_length=NAME_LENGTH, required=False, allow_blank=True, default="")


class Duplicate(APIView):
    @extend_schema(
        operation_id="duplicate", request=DuplicateGiven, responses={201: VersionSummary, 409: scope.Failure}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Copy the version into a new journey. Without a name the copy is called `<name>_copy`."""
        version = scope.version(request, pk)
        given = DuplicateGiven(data=request.data)
        given.is_valid(raise_exception=True)
        draft = duplicate(version, name=given.validated_data["name"], by=request.user, now=clock.now())
        return Response(VersionSummary(draft).data, status=status.HTTP_201_CREATED)


class ConsequencesShown(serializers.Serializer):  # type: ignore[type-arg]
    title = serializers.CharField()
    sentences = serializers.ListField(child=serializers.CharField())
    people = serializers.IntegerField()
    allowed = serializers.BooleanField()


class WhatIf(APIView):
    @extend_schema(
        operation_id="consequences",
        parameters=[OpenApiParameter("move", str, enum=list(ASKED), required=True)],
        responses={200: ConsequencesShown, 400: scope.Failure},
    )
    def get(self, request: Request, pk: int) -> Response:
        """What a move of this version would mean, in sentences for a person to read."""
        version = scope.version(request, pk)
        move = request.query_params.get("move", "")
        if move not in ASKED:
            raise ValidationError({"move": [f"Say one of: {', '.join(ASKED)}."]})
        role = permissions.role_in(request.user, version.journey.sandbox_id)
        return Response(ConsequencesShown(consequences_of(version, move, role=role)).data)
