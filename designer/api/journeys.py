"""Journeys: create one, rename one; their tags."""

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.actions.create_journey import NAME_LENGTH, create_journey
from designer.actions.rename_journey import rename_journey
from designer.actions.set_tags import set_tags
from designer.api import scope
from designer.models import Version
from designer.pages.addresses import canvas_url
from designer.queries.journeys import tags_of
from engine import clock


class JourneyGiven(serializers.Serializer):  # type: ignore[type-arg]
    name = serializers.CharField(max_length=NAME_LENGTH)
    description = serializers.CharField(max_length=2000, allow_blank=True, required=False, default="")


class JourneyCreated(serializers.Serializer):  # type: ignore[type-arg]
    journey_id = scope.Id()
    version_id = scope.Id(source="pk")
    url = serializers.SerializerMethodField()

    def get_url(self, version: Version) -> str:
        return canvas_url(version)


class Journeys(APIView):
    @extend_schema(
        operation_id="create_journey",
        request=JourneyGiven,
        responses={201: JourneyCreated, 400: scope.Failure, 409: scope.Failure},
    )
    def post(self, request: Request) -> Response:
        """Create a journey with an empty draft 1.0."""
        given = JourneyGiven(data=request.data)
        given.is_valid(raise_exception=True)
        version = create_journey(
            sandbox=scope.sandbox(request), **given.validated_data, by=request.user, now=clock.now()
        )
        return Response(JourneyCreated(version).data, status=status.HTTP_201_CREATED)


class JourneyChanged(serializers.Serializer):  # type: ignore[type-arg]
    name = serializers.CharField(max_length=NAME_LENGTH, required=False)
    description = serializers.CharField(max_length=2000, allow_blank=True, required=False)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=200),
        max_length=100,
        required=False,
        help_text="All of them; one that is new is made.",
    )


class JourneyShown(serializers.Serializer):  # type: ignore[type-arg]
    id = scope.Id()
    name = serializers.CharField()
    description = serializers.CharField()
    tags = scope.TagNames()


class OneJourney(APIView):
    @extend_schema(
        operation_id="rename_journey",
        request=JourneyChanged,
        responses={200: JourneyShown, 400: scope.Failure, 404: scope.Failure, 409: scope.Failure},
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Change the name, the description, the tags, in any status of its versions: all that is sent, or nothing."""
        journey = scope.journey(request, pk)
        given = JourneyChanged(data=request.data)
        given.is_valid(raise_exception=True)
        wanted, now = given.validated_data, clock.now()
        tags = wanted.pop("tags", None)
        with transaction.atomic():
            journey = rename_journey(journey, **wanted, by=request.user, now=now)
            if tags is not None:
                set_tags(journey, tags, by=request.user, now=now)
        return Response(JourneyShown(journey).data)


class TagsShown(serializers.Serializer):  # type: ignore[type-arg]
    results = serializers.ListField(child=serializers.CharField())


class Tags(APIView):
    @extend_schema(operation_id="tags", responses={200: TagsShown})
    def get(self, request: Request) -> Response:
        """The tags that journeys of this sandbox have, in alphabetical order."""
        return Response(TagsShown({"results": tags_of(scope.sandbox(request))}).data)
